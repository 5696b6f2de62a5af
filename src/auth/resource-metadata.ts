/** What a protected server says of itself, and where (RFC 9728). */

export interface ResourceDescription {
  /** The URL under which clients know the server. */
  readonly resource: string;
  /** Who issues tokens for it. */
  readonly authorizationServers: readonly string[];
  readonly scopes: readonly string[];
}

const wellKnown = '/.well-known/oauth-protected-resource';

/** The place of the description of what is served at a path (RFC 9728, section 3.1). */
export function metadataPath(path: string): string {
  return path === '/' ? wellKnown : `${wellKnown}${path}`;
}

/** All places where clients look for it. */
export function metadataPaths(path: string): readonly string[] {
  return [...new Set([metadataPath(path), wellKnown])];
}

/** As JSON text. */
export function describeResource({ resource, authorizationServers, scopes }: ResourceDescription): string {
  return JSON.stringify({
    resource,
    authorization_servers: authorizationServers,
    ...(scopes.length === 0 ? {} : { scopes_supported: scopes }),
    bearer_methods_supported: ['header'],
  });
}
