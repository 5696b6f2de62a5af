/** Opens a page in the browser of whoever sits at this machine, where there is one. */

import { type ChildProcess, spawn } from 'node:child_process';

export interface Desk {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What to run; undefined where there is no browser, as on a machine that is reached over SSH. `BROWSER` wins. */
export function browserCommand({ platform, env }: Desk, url: URL): readonly [string, ...string[]] | undefined {
  const { BROWSER: chosen } = env;
  if (chosen === 'none') return undefined;
  if (chosen !== undefined && chosen !== '') return [chosen, url.href];
  if (env['SSH_CONNECTION'] !== undefined) return undefined;
  if (platform === 'darwin') return ['open', url.href];
  // Not by a shell, which would read the & in it.
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler', url.href];
  return env['DISPLAY'] === undefined && env['WAYLAND_DISPLAY'] === undefined ? undefined : ['xdg-open', url.href];
}

/**
 * False: there is none. That it could not be started is no error: its user is told the URL as well.
 *
 * @param onStarted is handed the child, which may live as long as the browser does.
 */
export function openBrowser(
  url: URL,
  desk: Desk = process,
  onStarted: (child: ChildProcess) => void = () => {},
): boolean {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return false;
  const [command, ...args] = browserCommand(desk, url) ?? [];
  if (command === undefined) return false;
  const child = spawn(command, args, { stdio: 'ignore', detached: true });
  child.on('error', () => {});
  child.unref();
  onStarted(child);
  return true;
}
