/** What is managed through the admin API, as the API needs it: one process and its sessions. */

import type { NodeFacts } from '../cluster/node.ts';
import type { LeakReport } from '../observe/leak-audit.ts';
import type { ProcessFacts } from '../observe/process-facts.ts';
import type { Breakpoints } from '../rules/breakpoints.ts';
import type { LiveDryRun } from '../rules/live-dry-run.ts';
import type { PauseDesk } from '../rules/pause-desk.ts';
import type { RuleEngine } from '../rules/rule-engine.ts';
import type { Problem } from '../rules/yaml-places.ts';
import type { RuntimeSession } from '../runtime/api.ts';
import type { TotalsSnapshot } from '../runtime/totals.ts';
import type { SessionSnapshot } from '../session/snapshot.ts';

/** What stands between the frames of this process, with rules or without. */
export interface AdministeredEngine {
  readonly desk: PauseDesk;
  readonly breakpoints: Pick<Breakpoints, 'list' | 'add' | 'remove'>;
  readonly liveDryRun: Pick<LiveDryRun, 'start' | 'report' | 'stop'>;
}

/** The rules that frames of this process are asked about. */
export interface AdministeredRules {
  readonly file: string;
  readonly engine: Pick<RuleEngine, 'ruleSet'>;
  /** Loads the file again. Resolves with what is wrong with it; then the rules stay as they are. */
  reload(): Promise<readonly Problem[]>;
}

/** The cluster that this process is a node of. */
export interface AdministeredCluster {
  facts(): NodeFacts;
  /**
   * Which node has a session, and under which claim; undefined where none has.
   * @throws Unavailable
   */
  whereIs(sessionId: string): Promise<SessionPlace | undefined>;
}

export interface SessionPlace {
  readonly node: string;
  /** Grows with every claim. */
  readonly epoch: number;
}

/** All metrics at one moment, in the format that `type` names. */
export interface MetricsText {
  readonly type: string;
  readonly text: string;
}

export interface Administered {
  readonly facts: ProcessFacts;
  sessions(): Iterable<SessionSnapshot>;
  session(id: string): Pick<RuntimeSession, 'snapshot' | 'close' | 'label' | 'inject'> | undefined;
  totals(): TotalsSnapshot;
  readonly engine?: AdministeredEngine;
  readonly rules?: AdministeredRules;
  /** Whether things may be made to go wrong on purpose; not where it is absent. */
  readonly takesFaults?: boolean;
  /** Absent where the process is the only one. */
  readonly cluster?: AdministeredCluster;
  /** What Prometheus reads; absent where nothing is measured. */
  metrics?(): Promise<MetricsText>;
  /** What this process holds that it should not; absent where nobody looks. */
  leaks?(): Promise<LeakReport>;
  /** Begins an orderly end: what is under way may finish, nothing new begins. */
  drain(): void;
}
