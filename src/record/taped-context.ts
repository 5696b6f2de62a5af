/**
 * A frame of a tape as an interceptor has seen it: with the session made again as it was before the frame. What is not on tapes is not
 * there: tokens' claims, and headers but those that name parameters of tools.
 */

import { isJsonObject, ownMember } from '../protocol/derive.ts';
import type { InterceptContext, SessionMetadata } from '../session/interception.ts';
import type { OpenedLine, TapeHeader } from './tape-format.ts';
import type { ReadEventLine } from './taped-sessions.ts';

export interface ContextSurroundings {
  readonly header: Pick<TapeHeader, 'now' | 'wallTime'>;
  readonly opened: Pick<OpenedLine, 'transportType'>;
  /** What the session is called. */
  readonly sessionId: string;
  /** Of the session before the frame. */
  readonly metadata: SessionMetadata;
}

/** Undefined: the line has no frame, or its message is not on the tape. `frameId` is the number of the line in the file. */
export function tapedContext(
  { number, line }: ReadEventLine,
  { header, opened, sessionId, metadata }: ContextSurroundings,
): InterceptContext | undefined {
  const { kind, direction, method = '', bytes = 0, at, body, params = [] } = line;
  if (kind === undefined || direction === undefined || !isJsonObject(body)) return undefined;
  const name = ownMember(body['params'], 'name');
  return {
    kind,
    direction,
    method,
    name: typeof name === 'string' ? name : '',
    message: body,
    bytes,
    sessionId,
    transportType: opened.transportType,
    frameId: number,
    timestamp: header.wallTime + at - header.now,
    metadata,
    claims: {},
    header: (wanted) => params.find(([each]) => each === wanted)?.[1],
  };
}
