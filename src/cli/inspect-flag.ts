/** `--inspect`: whether and where the admin listener of a front is to be. */

import type { Command } from 'commander';
import { isLoopbackName } from '../transports/door.ts';
import { addressIn } from './listen-flags.ts';

export interface InspectFlag {
  /** True: at the usual place. */
  readonly inspect?: string | true;
}

export interface InspectRequest {
  readonly host: string;
  readonly port: number;
}

const usual: InspectRequest = { host: '127.0.0.1', port: 7411 };

export function addInspectFlag(command: Command): Command {
  return command.option(
    '--inspect [host:port]',
    `let 'ninelives sessions' see and manage this process, through an address of this machine (default: ${usual.host}:${usual.port})`,
  );
}

export function inspectRequestOf({ inspect }: InspectFlag): InspectRequest | { readonly problem: string } | undefined {
  if (inspect === undefined) return undefined;
  if (inspect === true) return usual;
  const address = addressIn(inspect);
  if (address === undefined) {
    return {
      problem: `--inspect ${inspect}: write it as HOST:PORT, such as ${usual.host}:${usual.port}, or leave it out`,
    };
  }
  if (isLoopbackName(address.host)) return address;
  return { problem: `--inspect ${inspect}: this is for this machine alone: say ${usual.host}:${address.port}` };
}
