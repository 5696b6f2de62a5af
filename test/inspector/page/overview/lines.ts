/** Lines of the table, for tests. */

import type { SessionRow } from '../../../../src/inspector/feed-messages.ts';
import type { SessionLine } from '../../../../src/inspector/page/overview/session-line.ts';
import { facts, row } from '../store/rows.ts';

export function line(id: string, changed: Partial<SessionRow> = {}, openedAt = 0): SessionLine {
  return { key: `${facts.pid}/${id}`, process: facts, processName: 'everything', row: row(id, changed), openedAt };
}
