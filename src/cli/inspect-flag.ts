/** `--inspect`: whether and where the admin listener of a front is to be. */

import { type Command, Option } from 'commander';
import type { Payloads } from '../inspector/feed-messages.ts';
import { isLoopbackName } from '../transports/door.ts';
import type { RedactionOptions } from '../redaction.ts';
import { addressIn } from './listen-flags.ts';
import { type RedactFlags, contradiction, hiddenBy } from './redact-flag.ts';

export interface InspectFlag extends RedactFlags {
  /** True: at the usual place. */
  readonly inspect?: string | true;
  readonly inspectPayloads?: Payloads;
  readonly metricsOpen?: true;
}

export interface InspectRequest {
  readonly host: string;
  readonly port: number;
  /** What is shown of the bodies of messages; with secrets hidden unless it is said. */
  readonly payloads?: Payloads;
  /** What is hidden besides, where secrets are. */
  readonly hidden?: RedactionOptions;
  /** Metrics may be read without a token. */
  readonly areMetricsOpen?: boolean;
}

const usual: InspectRequest = { host: '127.0.0.1', port: 7411 };

/** Where people look for the page. */
export const usualInspectAddress = `${usual.host}:${usual.port}`;

export function addInspectFlag(command: Command): Command {
  return command
    .optionsGroup('Looking inside:')
    .option(
      '--inspect [host:port]',
      `let the inspector and 'ninelives sessions' see and manage this process, through an address of this machine (default: ${usualInspectAddress})`,
    )
    .addOption(
      new Option(
        '--inspect-payloads <how>',
        'what the inspector shows of messages: with secrets hidden, only that they are there, or whole',
      )
        .choices(['redacted', 'hidden', 'whole'] satisfies readonly Payloads[])
        .default('redacted' satisfies Payloads),
    )
    .option('--metrics-open', 'let everybody on this machine read /metrics there, without a token');
}

/** @param flag that said it. */
export function inspectRequestOf(
  { inspect, inspectPayloads: payloads, metricsOpen, ...others }: InspectFlag,
  flag = '--inspect',
): InspectRequest | { readonly problem: string } | undefined {
  if (inspect === undefined) {
    if (metricsOpen === undefined) return undefined;
    return { problem: `--metrics-open is about the address that ${flag} opens: say that, too` };
  }
  const problem = payloads === 'whole' ? contradiction(others, '--inspect-payloads') : undefined;
  if (problem !== undefined) return problem;
  const hidden = hiddenBy(others);
  const shown = {
    ...(hidden === undefined ? {} : { hidden }),
    ...(payloads === undefined ? {} : { payloads }),
    ...(metricsOpen === undefined ? {} : { areMetricsOpen: true }),
  };
  if (inspect === true) return { ...usual, ...shown };
  const address = addressIn(inspect);
  if (address === undefined) {
    return {
      problem: `${flag} ${inspect}: write it as HOST:PORT, such as ${usualInspectAddress}, or leave it out`,
    };
  }
  if (isLoopbackName(address.host)) return { ...address, ...shown };
  return { problem: `${flag} ${inspect}: this is for this machine alone: say ${usual.host}:${address.port}` };
}
