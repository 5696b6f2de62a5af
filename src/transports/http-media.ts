/** What a client says it sends and takes, read as the official SDKs read it (2025-11-25, basic/transports). */

const json = 'application/json';
const eventStream = 'text/event-stream';

/** What SDK clients say on every POST. */
const usualAccept = `${json}, ${eventStream}`;

/** The media type is JSON, whatever its parameters; several types in one header are none. */
export function isJsonContent(contentType: string | undefined): boolean {
  if (contentType === json) return true;
  if (contentType === undefined || contentType.includes(',')) return false;
  const end = contentType.indexOf(';');
  return (end === -1 ? contentType : contentType.slice(0, end)).trim().toLowerCase() === json;
}

/** A client has to take both forms of an answer. */
export function acceptsBoth(accept: string | undefined): boolean {
  if (accept === usualAccept) return true;
  return accept !== undefined && accept.includes(json) && accept.includes(eventStream);
}

export function acceptsEvents(accept: string | undefined): boolean {
  return accept === eventStream || (accept !== undefined && accept.includes(eventStream));
}

/** A client that names streams first gets one. */
export function prefersEvents(accept: string | undefined): boolean {
  return accept !== usualAccept && accept !== undefined && accept.indexOf(eventStream) < accept.indexOf(json);
}
