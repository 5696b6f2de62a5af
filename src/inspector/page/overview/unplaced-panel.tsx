/** What came for sessions that there are not, to all processes: what each was, and the rule that it breaks. Nothing where nothing did. */

import { spokenBytes, spokenId } from '../session/spoken.ts';
import { Problem } from '../session/timeline-words.tsx';
import type { ProcessView } from '../store/process-view.ts';
import { unplacedOf } from './unplaced.ts';

export function UnplacedPanel({ processes }: { readonly processes: Iterable<ProcessView> }) {
  const { count, newest } = unplacedOf(processes);
  if (count === 0) return null;
  return (
    <details class="unplaced">
      <summary>
        <span class="badge held">{count}</span> found no session
      </summary>
      <ul>
        {newest.map(({ key, pid, wallTime, frame }) => (
          <li key={key}>
            <span class="mono dim">{new Date(wallTime).toLocaleTimeString()}</span>
            <span>
              {frame.direction === 'client-to-server' ? 'client' : 'server'}: <b>{frame.what}</b>{' '}
              {frame.id !== undefined && spokenId(frame.id)}{' '}
              {frame.bytes > 0 && <span class="dim">{spokenBytes(frame.bytes)}</span>}
            </span>
            <span class="dim">
              {pid} · <span class="mono">{frame.sessionId}</span>
            </span>
            <Problem problem={frame.problem} />
          </li>
        ))}
      </ul>
      {newest.length < count && <p class="dim">and {count - newest.length} before</p>}
    </details>
  );
}
