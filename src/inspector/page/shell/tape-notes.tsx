/** What is wrong with the tape that is looked at: one sentence as it is, more of them behind their number. */

import type { TapeFacts } from '../../feed-messages.ts';

export function TapeNotes({ tape }: { readonly tape: TapeFacts | undefined }) {
  const [first, ...others] = tape?.notes ?? [];
  if (first === undefined) return null;
  if (others.length === 0) {
    return (
      <p class="note" role="status">
        {first}
      </p>
    );
  }
  return (
    <details class="note tape-notes">
      <summary>
        {first} <span class="dim">And {others.length} more.</span>
      </summary>
      <ul>
        {others.map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </details>
  );
}
