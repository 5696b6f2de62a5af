/**
 * Runs `ninelives verify`: looks what is there, plays, and says what came of it, to people and to build servers. Ends with
 * everything ended that it has started, also when it is interrupted.
 */

import { writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { messageOf, systemReason } from '../reasons.ts';
import { TapeError } from '../record/tape-file.ts';
import type { Target } from '../testing/play/target.ts';
import { type Baseline, mended, readBaseline, writeBaseline } from '../testing/report/baseline.ts';
import { writeTape } from '../testing/report/counterexample-tape.ts';
import type { Findings } from '../testing/report/finding.ts';
import { sarifReport } from '../testing/report/sarif.ts';
import { isBroken } from '../testing/report/verdict.ts';
import { verifyJunit } from '../testing/report/verify-junit.ts';
import { realTarget } from '../testing/targets/real-target.ts';
import { TargetError } from '../testing/targets/target-error.ts';
import { type ExploreLimits, type ExploreOptions, explore, usualExploreLimits } from '../testing/verify/explore.ts';
import { requestsOf, toolsToCall } from '../testing/verify/requests-of.ts';
import { surveyProxy, surveyServer } from '../testing/verify/survey.ts';
import { codeOfSignal, exitCodes } from './exit-codes.ts';
import type { Output } from './run-sessions.ts';
import { textOf } from './server-flags.ts';
import { isColoured, printable } from './terminal.ts';
import type { VerifyRequest } from './verify.ts';
import { LiveTable } from './verify-live.ts';
import { summaryJson, summaryText } from './verify-text.ts';
import { packageVersion } from './version.ts';

export interface VerifySurroundings {
  readonly out: Output;
  readonly err: Output;
  /** Characters in a line. */
  readonly width: number;
  /** Aborted when somebody interrupts. */
  readonly signal: AbortSignal;
}

/** How long a step waits for what it is about: processes take their time to start. */
const patienceMs = 2000;
/** Before anybody is accused. */
const patientQuiet = { quietMs: 400, owedMs: 6000 };
/** Each may be a process. */
const connectionsMax = 3;
const seedMax = 2 ** 31 - 1;

/** The exit code. */
export async function runVerify(request: VerifyRequest, around: VerifySurroundings): Promise<number> {
  const { err, signal } = around;
  const baseline = request.baseline === undefined ? new Map() : baselineIn(request.baseline, request.writesBaseline);
  if ('problem' in baseline) {
    err.write(`ninelives: --baseline ${baseline.problem}\n`);
    return exitCodes.usage;
  }
  const all: Findings[] = [];
  const seed = request.seed ?? Math.floor(Math.random() * seedMax);
  const beganAt = Date.now();
  try {
    for (const era of request.eras) {
      if (!signal.aborted) all.push(await findingsOf(request, era, seed, baseline, around));
    }
  } catch (error) {
    if (!(error instanceof TargetError)) throw error;
    err.write(`ninelives: ${error.message}\n`);
    return exitCodes.notTested;
  }
  const hasWritten = await report(request, all, baseline, beganAt, around);
  if (signal.aborted) return codeOfSignal('SIGINT');
  if (!hasWritten) return exitCodes.sessionFailed;
  return !request.writesBaseline && all.some((findings) => isBroken(findings)) ? exitCodes.sessionFailed : exitCodes.ok;
}

/**
 * What came of the plays of one era.
 * @throws TargetError
 */
export async function findingsOf(
  request: VerifyRequest,
  era: Target['era'],
  seed: number,
  baseline: Baseline,
  { err, width, signal }: Omit<VerifySurroundings, 'out'>,
): Promise<Findings> {
  const { replay, runs, stepsMax, callsMax, callsPerSecondMax, timeSecondsMax, shrinkSecondsMax } = request;
  const limits: Partial<ExploreLimits> = {
    ...(runs === undefined ? {} : { runs }),
    ...(stepsMax === undefined ? {} : { lengthMax: stepsMax }),
    ...(callsMax === undefined ? {} : { callsMax }),
    ...(callsPerSecondMax === undefined ? {} : { callsPerSecondMax }),
    ...(shrinkSecondsMax === undefined ? {} : { shrinkMsMax: shrinkSecondsMax * 1000 }),
    ...(timeSecondsMax === undefined ? {} : { timeMsMax: timeSecondsMax * 1000 }),
  };
  const live = new LiveTable(err, replay === undefined ? (runs ?? usualExploreLimits.runs) : 1, width);
  const surveyed = await surveyedTarget(request, era, err);
  try {
    return await explore({
      ...surveyed,
      seed: replay?.seed ?? seed,
      ...(replay === undefined ? {} : { path: replay.path }),
      limits,
      known: new Set(baseline.keys()),
      performing: { patienceMs, connectionsMax },
      onProgress: (progress) => live.show(progress),
      signal,
    });
  } finally {
    live.clear();
  }
}

/** The target, with what was found out about it. */
async function surveyedTarget(
  request: VerifyRequest,
  era: Target['era'],
  err: Output,
): Promise<Pick<ExploreOptions, 'target' | 'patient' | 'requests'>> {
  const target = realTarget({ ...request.target, era });
  const patient = realTarget({ ...request.target, era, quiet: patientQuiet });
  switch (target.kind) {
    case 'client':
      return { target, patient };
    case 'proxy': {
      const facts = await surveyProxy(target);
      return { target: { ...target, ...facts }, patient: { ...patient, ...facts } };
    }
    case 'server': {
      const offer = await surveyServer(target);
      const called = toolsToCall(offer, request.tools);
      const [all, some] = [offer.tools.length, called.length];
      const hint =
        some < all && request.tools === 'read-only'
          ? "; the others are called when --tools names them, or with '--tools all'"
          : '';
      err.write(`${printable(offer.server)}: of ${all} tools ${some} are called${hint}\n`);
      return { target, patient, requests: requestsOf(offer, request.tools, era) };
    }
  }
}

function baselineIn(file: string, mayBeMissing: boolean): Baseline | { readonly problem: string } {
  const read = textOf(file);
  if ('problem' in read) return mayBeMissing ? new Map<string, string>() : read;
  const parsed = readBaseline(read.text);
  return 'problem' in parsed ? { problem: `${file}: ${parsed.problem}` } : parsed.baseline;
}

/** False: something could not be written. */
async function report(
  request: VerifyRequest,
  all: readonly Findings[],
  baseline: Baseline,
  wallTime: number,
  { out, err, width }: VerifySurroundings,
): Promise<boolean> {
  const version = packageVersion();
  const tapes = new Map<string, string>();
  const tapeOf = (law: string): string | undefined => tapes.get(law);
  const attempts: readonly (readonly [file: string | undefined, write: (file: string) => Promise<void> | void])[] = [
    [request.tape, async (file) => writeTapes(all, { file, version, wallTime }, tapes)],
    [request.junit, (file) => writeFileSync(file, verifyJunit(all, hostname()))],
    [request.sarif, (file) => writeFileSync(file, sarifReport(all, { version, tapeOf }))],
    [
      request.writesBaseline ? request.baseline : undefined,
      (file) => writeFileSync(file, writeBaseline(all, baseline)),
    ],
  ];
  let hasWritten = true;
  for (const [file, write] of attempts) {
    if (file === undefined) continue;
    try {
      await write(file);
    } catch (error) {
      hasWritten = false;
      err.write(
        `ninelives: ${file} cannot be written: ${error instanceof TapeError ? messageOf(error) : systemReason(error)}\n`,
      );
    }
  }
  const options = { width, hasColours: isColoured(out), tapeOf };
  if (request.json) out.write(summaryJson(all, tapeOf));
  else for (const findings of all) out.write(summaryText(findings, options));
  for (const law of mended(all, baseline)) err.write(`${law} is in the baseline and was kept: it can be taken off\n`);
  return hasWritten;
}

async function writeTapes(
  all: readonly Findings[],
  { file, version, wallTime }: { readonly file: string; readonly version: string; readonly wallTime: number },
  tapes: Map<string, string>,
): Promise<void> {
  for (const { target, laws } of all) {
    for (const { law, counterexample } of laws) {
      if (counterexample === undefined) continue;
      tapes.set(law.id, await writeTape(counterexample.history, { file, version, target: target.name, wallTime }));
    }
  }
}
