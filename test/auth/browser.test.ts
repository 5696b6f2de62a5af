import { describe, expect, test } from 'vitest';
import { browserCommand, openBrowser } from '../../src/auth/browser.ts';

const page = new URL('https://issuer.example.com/auth?a=b&c=$(d)');

describe('the browser of whoever sits at this machine', () => {
  test.each([
    ['darwin', {}, ['open', page.href]],
    ['win32', {}, ['rundll32', 'url.dll,FileProtocolHandler', page.href]],
    ['linux', { DISPLAY: ':0' }, ['xdg-open', page.href]],
    ['linux', { WAYLAND_DISPLAY: 'wayland-0' }, ['xdg-open', page.href]],
    ['linux', { BROWSER: '/usr/bin/lynx' }, ['/usr/bin/lynx', page.href]],
    ['linux', {}, undefined],
    ['darwin', { BROWSER: 'none' }, undefined],
    ['linux', { DISPLAY: ':0', SSH_CONNECTION: '10.0.0.1 1 10.0.0.2 22' }, undefined],
  ] as const)('on %s with %j is %j', (platform, env, command) => {
    expect(browserCommand({ platform, env }, page)).toEqual(command);
  });

  test('is not asked for what is no page', () => {
    expect(openBrowser(new URL('file:///etc/passwd'), { platform: 'linux', env: { BROWSER: 'true' } })).toBe(false);
    expect(openBrowser(page, { platform: 'linux', env: {} })).toBe(false);
  });

  test('that cannot be started is no error', () => {
    expect(openBrowser(page, { platform: 'linux', env: { BROWSER: '/no/such/program' } })).toBe(true);
  });
});
