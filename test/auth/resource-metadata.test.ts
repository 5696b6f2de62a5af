import { expect, test } from 'vitest';
import { describeResource, metadataPath, metadataPaths } from '../../src/auth/resource-metadata.ts';

test('the description of what is served at a path stands at a path of its own, and at that of the whole host', () => {
  expect(metadataPath('/mcp')).toBe('/.well-known/oauth-protected-resource/mcp');
  expect(metadataPath('/')).toBe('/.well-known/oauth-protected-resource');
  expect(metadataPaths('/mcp')).toEqual([
    '/.well-known/oauth-protected-resource/mcp',
    '/.well-known/oauth-protected-resource',
  ]);
  expect(metadataPaths('/')).toEqual(['/.well-known/oauth-protected-resource']);
});

test('the description names who issues tokens, and scopes where there are any', () => {
  const resource = 'https://mcp.example.com/mcp';
  const authorizationServers = ['https://issuer.example.com'];
  expect(JSON.parse(describeResource({ resource, authorizationServers, scopes: [] }))).toEqual({
    resource,
    authorization_servers: authorizationServers,
    bearer_methods_supported: ['header'],
  });
  expect(JSON.parse(describeResource({ resource, authorizationServers, scopes: ['read'] }))).toHaveProperty(
    'scopes_supported',
    ['read'],
  );
});
