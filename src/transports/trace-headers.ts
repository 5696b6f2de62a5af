/**
 * The trace that a request belongs to, as its message says it, for the headers under which it is sent: servers and what stands before them
 * read those, and many read no message. Knows no spans.
 */

import type { Frame } from '../protocol/envelope.ts';
import { memberPath, textOfMember } from '../protocol/member-path.ts';

/** https://www.w3.org/TR/trace-context/#traceparent-header */
const traceparentForm = /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/;
/** What a header can carry, and no more of it than section 3.3.1.5 asks to be passed on. */
const tracestateForm = /^[\x20-\x7e]{1,512}$/;

const parentPath = memberPath('params', '_meta', 'traceparent');
const statePath = memberPath('params', '_meta', 'tracestate');

/** Undefined: the message names no trace, or none that could be a header. */
export function traceHeadersOf(frame: Frame): ReadonlyMap<'traceparent' | 'tracestate', string> | undefined {
  if (frame.envelope.kind !== 'request') return undefined;
  const parent = textOfMember(frame.bytes, parentPath);
  if (parent == null || !traceparentForm.test(parent)) return undefined;
  const state = textOfMember(frame.bytes, statePath);
  const said = new Map<'traceparent' | 'tracestate', string>([['traceparent', parent]]);
  if (state != null && tracestateForm.test(state)) said.set('tracestate', state);
  return said;
}
