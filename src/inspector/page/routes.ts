/** The addresses of the page's views, in the part of a URL after `#`. Knows no window. */

export type Route =
  | { readonly view: 'overview' }
  | { readonly view: 'holds' }
  | { readonly view: 'session'; readonly pid: number; readonly sessionId: string }
  /** One event of a session, by its number in its process. */
  | { readonly view: 'event'; readonly pid: number; readonly sessionId: string; readonly seq: number };

/** @param hash with its `#`, as a location has it. What is no address of ours is the overview. */
export function routeOf(hash: string): Route {
  const [, first = '', pid = '', second = '', session = '', third = '', seq = ''] = hash.replace(/^#/, '').split('/');
  if (first === 'holds') return { view: 'holds' };
  const sessionId = decoded(session);
  if (first !== 'p' || second !== 's' || !/^\d+$/.test(pid) || sessionId === '') return { view: 'overview' };
  const where = { pid: Number(pid), sessionId };
  if (third === 'e' && /^\d+$/.test(seq)) return { view: 'event', ...where, seq: Number(seq) };
  return { view: 'session', ...where };
}

/** The address of a view, with its `#`. */
export function hrefOf(route: Route): string {
  switch (route.view) {
    case 'overview':
      return '#/';
    case 'holds':
      return '#/holds';
    case 'session':
      return `#/p/${route.pid}/s/${encodeURIComponent(route.sessionId)}`;
    case 'event':
      return `#/p/${route.pid}/s/${encodeURIComponent(route.sessionId)}/e/${route.seq}`;
  }
}

/** Empty for what cannot be decoded. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
