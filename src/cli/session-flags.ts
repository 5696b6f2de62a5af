/** Flags about sessions, which every front has: how much to say, limits, times, how the peers differ from MCP. */

import { type Command, Option } from 'commander';
import type { LoadedProfile } from '../config/profile-file.ts';
import type { RuleSet } from '../rules/rule-engine.ts';
import type { Limits, Times } from '../session/limits.ts';
import { type Profile, builtInProfiles } from '../session/profiles.ts';
import { type InspectFlag, type InspectRequest, addInspectFlag, inspectRequestOf } from './inspect-flag.ts';
import { type RecordFlags, type RecordRequest, addRecordFlags, recordRequestOf } from './record-flag.ts';
import { type LogLevel, defaultLogLevel, logLevels } from './log-levels.ts';
import { positive } from './positive.ts';

export interface SessionFlags extends InspectFlag, RecordFlags {
  readonly logLevel: LogLevel;
  readonly restart: 'on-failure' | 'never';
  readonly profile?: string;
  readonly rules?: string;
  readonly pendingMax?: number;
  readonly frameBytesMax?: number;
  readonly initializeMs?: number;
  readonly requestIdleMs?: number;
  readonly requestAbsoluteMs?: number;
  readonly drainMs?: number;
  readonly checkInvariants?: boolean;
}

/** A rule file and what it said when it was read. */
export interface LoadedRuleFile {
  readonly file: string;
  readonly ruleSet: RuleSet;
}

/** What is asked of every session. What is left out is as the limits and times of a session are by default. */
export interface SessionRequest {
  readonly logLevel?: LogLevel;
  /** Whether a server that went away is started, or reached, again; it is unless this is false. */
  readonly restarts?: boolean;
  readonly profile?: Profile;
  readonly rules?: LoadedRuleFile;
  readonly limits?: Partial<Limits>;
  readonly times?: Partial<Times>;
  readonly checksInvariants?: boolean;
  /** Where the admin listener is to be; none without. */
  readonly inspect?: InspectRequest;
  /** Where sessions are recorded; they are not without. */
  readonly record?: RecordRequest;
}

export function addSessionFlags(command: Command): Command {
  command
    .optionsGroup('Sessions:')
    .addOption(
      new Option('--restart <when>', 'whether a server that went away is started again, at most 3 times in 60 s')
        .choices(['on-failure', 'never'])
        .default('on-failure'),
    )
    .option('--profile <name|file>', 'how this server or client differs from MCP: a built-in profile, or a file')
    .option('--rules <file>', 'rules that frames are asked about; loaded again when the file changes, and on SIGHUP')
    .option('--pending-max <n>', 'requests of each side that may wait for an answer at once (default: 1000)', positive)
    .option('--frame-bytes-max <n>', 'largest size of a message in bytes (default: 10485760)', positive)
    .option('--initialize-ms <n>', 'time for the server to answer initialize (default: 60000)', positive)
    .option('--request-idle-ms <n>', 'time without answer or progress (default: 300000)', positive)
    .option('--request-absolute-ms <n>', 'time for an answer, whatever the progress (default: 3600000)', positive)
    .option(
      '--drain-ms <n>',
      'time for requests under way when the client leaves or a stop is asked (default: 25000)',
      positive,
    );
  return addRecordFlags(addInspectFlag(command))
    .optionsGroup('Options:')
    .addOption(
      new Option('--log-level <level>', 'how much to say on stderr')
        .choices(logLevels)
        .env('NINELIVES_LOG')
        .default(defaultLogLevel),
    )
    .option('--check-invariants', 'check the session after every step; slow, for finding defects');
}

export async function sessionRequestOf(flags: SessionFlags): Promise<SessionRequest | { readonly problem: string }> {
  const loaded = flags.profile === undefined ? undefined : await profileOf(flags.profile);
  if (loaded !== undefined && 'problem' in loaded) return loaded;
  const rules = flags.rules === undefined ? undefined : await rulesOf(flags.rules);
  if (rules !== undefined && 'problem' in rules) return rules;
  const inspect = inspectRequestOf(flags);
  if (inspect !== undefined && 'problem' in inspect) return inspect;
  const record = recordRequestOf(flags);
  if (record !== undefined && 'problem' in record) return record;
  return {
    logLevel: flags.logLevel,
    limits: limitsOf(flags),
    times: timesOf(flags),
    restarts: flags.restart !== 'never',
    ...(loaded === undefined ? {} : { profile: loaded.profile }),
    ...(rules === undefined ? {} : { rules }),
    checksInvariants: flags.checkInvariants === true,
    ...(inspect === undefined ? {} : { inspect }),
    ...(record === undefined ? {} : { record }),
  };
}

/** Reading a file takes a parser and a schema, which cost more than the rest of the start together. */
async function profileOf(nameOrFile: string): Promise<LoadedProfile> {
  const profile = builtInProfiles.get(nameOrFile);
  if (profile !== undefined) return { profile };
  const { loadProfile } = await import('../config/profile-file.ts');
  return loadProfile(nameOrFile);
}

/** As with profiles; and the evaluator of conditions comes besides. */
async function rulesOf(file: string): Promise<LoadedRuleFile | { readonly problem: string }> {
  const [{ loadRules }, { problemText }] = await Promise.all([
    import('../rules/load-rules.ts'),
    import('../rules/yaml-places.ts'),
  ]);
  const loaded = await loadRules(file);
  if ('ruleSet' in loaded) return { file, ruleSet: loaded.ruleSet };
  return { problem: loaded.problems.map((problem) => problemText(file, problem)).join('\n') };
}

function limitsOf(flags: SessionFlags): Partial<Limits> {
  return {
    ...(flags.pendingMax === undefined
      ? {}
      : { pendingPerSession: flags.pendingMax, questionsPerSession: flags.pendingMax }),
    ...(flags.frameBytesMax === undefined ? {} : { frameBytesMax: flags.frameBytesMax }),
  };
}

function timesOf(flags: SessionFlags): Partial<Times> {
  const { initializeMs, requestIdleMs, requestAbsoluteMs, drainMs } = flags;
  return {
    ...(initializeMs === undefined ? {} : { initializeMs }),
    ...(requestIdleMs === undefined ? {} : { requestIdleMs }),
    ...(requestAbsoluteMs === undefined ? {} : { requestAbsoluteMs }),
    ...(drainMs === undefined ? {} : { drainMs }),
  };
}
