/** Runs the checks of `ninelives doctor`, and shows what they found: to people line by line, to programs as JSON. */

import { systemClock } from '../runtime/system-clock.ts';
import type { CheckRequest } from './doctor.ts';
import {
  checkClients,
  checkFront,
  checkGatewayFile,
  checkNode,
  checkPort,
  checkRuleFile,
  checkRunFolder,
} from './doctor-checks.ts';
import type { Finding, Verdict } from './doctor-finding.ts';
import { tryServer } from './doctor-server.ts';
import { exitCodes } from './exit-codes.ts';
import { usualInspectAddress } from './inspect-flag.ts';
import { usualListenAddress } from './listen-flags.ts';
import type { Output } from './run-sessions.ts';
import { isColoured, printable } from './terminal.ts';

export interface DoctorSurroundings {
  readonly out: Output;
  readonly platform: NodeJS.Platform;
  readonly environment: NodeJS.ProcessEnv;
  readonly home: string;
  readonly folder: string;
  /** Of Node. */
  readonly version: string;
}

/** Resolves with the exit code, when whatever was started is gone. */
export async function runDoctor(request: CheckRequest, around: DoctorSurroundings): Promise<number> {
  const { environment, out } = around;
  const { hostname: host, port } = new URL(`http://${usualInspectAddress}`);
  const front = new URL(`http://${usualListenAddress}`);
  const rounds: readonly (() => Promise<readonly Finding[]>)[] = [
    async () => [
      checkNode(around.version),
      checkRunFolder(environment),
      await checkPort(host, Number(port), environment),
      await checkFront(front.hostname, Number(front.port)),
    ],
    async () => checkClients(around, around.folder),
    async () => (request.config === undefined ? [] : checkGatewayFile(request.config, environment)),
    async () => (request.rules === undefined ? [] : checkRuleFile(request.rules)),
    async () => (request.server.length === 0 ? [] : tryServer(request.server, systemClock())),
  ];
  const findings: Finding[] = [];
  for (const round of rounds) {
    const found = await round();
    findings.push(...found);
    if (!request.json) for (const finding of found) out.write(linesOf(finding, isColoured(out, environment)));
  }
  const isWell = findings.every(({ verdict }) => verdict !== 'problem');
  if (request.json) out.write(`${JSON.stringify({ ok: isWell, findings }, null, 2)}\n`);
  return isWell ? exitCodes.ok : exitCodes.sessionFailed;
}

const colours: Readonly<Record<Verdict, string>> = { ok: '\u001b[32m', warning: '\u001b[33m', problem: '\u001b[31m' };
const plain = '\u001b[0m';
const verdictWidth = 'problem'.length;
const checkWidth = 'processes'.length;

function linesOf({ check, verdict, says, todo }: Finding, hasColours: boolean): string {
  const word = verdict.padEnd(verdictWidth);
  const painted = hasColours ? `${colours[verdict]}${word}${plain}` : word;
  const head = `${painted}  ${check.padEnd(checkWidth)}  ${printable(says)}\n`;
  if (todo === undefined) return head;
  return `${head}${' '.repeat(verdictWidth + 2 + checkWidth + 2)}${printable(todo)}\n`;
}
