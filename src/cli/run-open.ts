/**
 * Runs `ninelives open`: finds who serves the page of all processes, and opens it in the browser of this machine, or says where it is.
 * Starts nothing that serves it.
 */

import { askAdmin } from '../admin/client.ts';
import { readHubFiles } from '../admin/hub-file.ts';
import { readHubToken } from '../admin/hub-token.ts';
import { readRunFiles } from '../admin/run-files.ts';
import { runFolder } from '../admin/run-folder.ts';
import { type Desk, openBrowser } from '../auth/browser.ts';
import { exitCodes } from './exit-codes.ts';
import { usualInspectAddress } from './inspect-flag.ts';
import type { OpenRequest } from './open.ts';
import type { Output } from './run-sessions.ts';
import { printable } from './terminal.ts';

/** Resolves with the exit code. */
export async function runOpen({ print }: OpenRequest, out: Output, err: Output, desk: Desk = process): Promise<number> {
  const folder = runFolder();
  const files = readRunFiles(folder);
  if ('problem' in files) {
    err.write(`ninelives: ${printable(files.problem)}\n`);
    return exitCodes.notManaged;
  }
  const token = readHubToken(folder);
  const hubs = readHubFiles(folder).map(({ origin }) => origin);
  // Every process has the page. The one at the usual address is that which others have been told of.
  const places = [...new Set([...hubs.toSorted(usualFirst), ...files.map(({ origin }) => origin)])];
  for (const origin of token === undefined ? [] : places) {
    const page = { origin, token: token! };
    if ((await askAdmin(page, 'GET', '/processes')).kind !== 'answered') continue;
    const url = `${origin}/inspect/#token=${token}`;
    if (print) {
      out.write(`${url}\n`);
      return exitCodes.ok;
    }
    const visit = await askAdmin(page, 'POST', '/hub/visits');
    const path = visit.kind === 'answered' ? (visit.body as { readonly path: string }).path : undefined;
    const isOpen = path !== undefined && openBrowser(new URL(path, origin), desk);
    out.write(
      isOpen ? `opening the page of ${origin} in your browser\n` : `there is no browser here; the page is at ${url}\n`,
    );
    return exitCodes.ok;
  }
  err.write(
    "ninelives: nothing that can be looked at runs here: start it with --inspect, as in 'ninelives forward http --inspect -- COMMAND', or start 'ninelives inspect'\n",
  );
  return exitCodes.notManaged;
}

function usualFirst(one: string, other: string): number {
  const rank = (origin: string): number => (origin === `http://${usualInspectAddress}` ? 0 : 1);
  return rank(one) - rank(other);
}
