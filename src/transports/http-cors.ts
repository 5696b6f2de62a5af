/** What a browser asks before it lets a page of another origin speak to the front (WHATWG Fetch, "CORS protocol"). */

import { answerEmpty } from './http-answers.ts';
import type { FrontRequest, FrontResponse, HeaderList } from './http-messages.ts';

/** How long a browser may remember the answer. */
const rememberedSeconds = '600';

const fieldNames = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+(?:\s*,\s*[A-Za-z0-9!#$%&'*+.^_`|~-]+)*$/;

/**
 * Answers a page that the door has let in. It may send whatever headers it asks for: which there are is for the tools of the
 * server to say (2026-07-28, `Mcp-Param-*`), and none of them gives more rights here.
 */
export function answerPreflight(request: FrontRequest, response: FrontResponse): void {
  const asked = request.header('access-control-request-headers');
  const headers = ['Access-Control-Allow-Methods', 'GET, POST, DELETE', 'Access-Control-Max-Age', rememberedSeconds];
  if (asked !== undefined && fieldNames.test(asked)) headers.push('Access-Control-Allow-Headers', asked);
  answerEmpty(response, 204, headers);
}

/** What a page may read of an answer beside its body: the id that it has to send from then on, and what it has to come with. */
const exposedHeaders = 'Mcp-Session-Id, WWW-Authenticate';

/** Lets a page that the door has let in read an answer. */
export function addPageHeaders(headers: HeaderList, pageOrigin: string): void {
  headers.push('Access-Control-Allow-Origin', pageOrigin, 'Vary', 'Origin');
  headers.push('Access-Control-Expose-Headers', exposedHeaders);
}
