/** A tag rule of one's own, as docs/reference/tags.md shows it. */

import { randomUUID } from 'node:crypto';
import { type TagRule, createRuntime } from '../../src/index.ts';

/** Somebody runs tools in parallel. */
const parallel: TagRule = { tag: 'parallel', holds: (view) => view.pending > 1 };

export const runtime = createRuntime({ ids: { sessionId: randomUUID }, tagRules: [parallel] });
