/** What is said is JSON-RPC as MCP has it. */

import type { WireMessage } from '../play/history.ts';
import { isJsonObject } from '../../protocol/derive.ts';
import { law } from './verdict.ts';

export const jsonRpc = law(
  {
    id: 'json-rpc',
    text: 'What is said is a request, a notification or a response, in the form that it must have.',
    source: 'JSON-RPC 2.0, sections 4 and 5; 2025-11-25, basic, Messages',
    of: ['server', 'proxy', 'client'],
  },
  ({ received, unreadable }, verdict) => {
    for (const { message, seq } of received) {
      verdict.tried();
      const fault = faultOf(message);
      if (fault !== undefined) verdict.broken(fault, seq);
    }
    for (const { reason, seq } of unreadable) {
      verdict.tried();
      verdict.broken(`What was said is no message: ${reason}`, seq);
    }
  },
);

function faultOf(message: WireMessage): string | undefined {
  if (message.jsonrpc !== '2.0') return 'A message does not say that it is JSON-RPC 2.0';
  const { id, method, params, error } = message;
  const isId = typeof id === 'string' || (typeof id === 'number' && Number.isSafeInteger(id));
  if (method !== undefined) {
    if (typeof method !== 'string') return 'A method is no text';
    if (id !== undefined && !isId) return 'The id of a request is neither a text nor a whole number';
    if (params !== undefined && !isJsonObject(params)) return 'Parameters are no object';
    return 'result' in message || error !== undefined ? 'A message has a method and a result or error' : undefined;
  }
  const hasResult = message.result !== undefined;
  if (hasResult === (error !== undefined)) return 'A response has either a result or an error';
  if (hasResult) {
    if (!isId) return 'The id of a response is neither a text nor a whole number';
    return isJsonObject(message.result) ? undefined : 'A result is no object';
  }
  if (!isId && id !== undefined && id !== null) return 'The id of an error is neither a text nor a whole number';
  const isWellFormed =
    isJsonObject(error) && Number.isSafeInteger(error['code']) && typeof error['message'] === 'string';
  return isWellFormed ? undefined : 'An error has no whole number as its code, or no text as its message';
}
