/**
 * The entry for who tests a proxy, a server or a client of MCP with plays and laws: fast-check is a peer that only this entry asks
 * for. Every name is spelled out.
 */

export { LawBroken, defineRule, sessionHarness } from './testing/harness.ts';
export type { CoverOptions, DeclareTest, HarnessOptions, HarnessRule, SessionHarness } from './testing/harness.ts';
export type { Coverage } from './testing/coverage.ts';
export { reliableFaults } from './testing/in-process/target.ts';
export type { InProcessOptions, Make, UnderTest, World } from './testing/in-process/target.ts';
export type { Link } from './testing/in-process/link.ts';
export type { Judgement, Law, Violation } from './testing/laws/law.ts';
export { judge, laws } from './testing/laws/laws.ts';
export type { Ruling } from './testing/laws/laws.ts';
export { law } from './testing/laws/verdict.ts';
export type { Verdict } from './testing/laws/verdict.ts';
export type { Line, Ours, Reading, Theirs } from './testing/laws/reading.ts';
export { arbitraryPlay } from './testing/play/arbitrary.ts';
export type { PlayOptions, PlayedRequest } from './testing/play/arbitrary.ts';
export type { History, HistoryEvent, WireMessage } from './testing/play/history.ts';
export type { Model, Peer, Waiting } from './testing/play/model.ts';
export { perform } from './testing/play/perform.ts';
export type { PerformOptions } from './testing/play/perform.ts';
export type { Rule, RuleWorld } from './testing/play/rule.ts';
export type { IdChoice, Play, Step } from './testing/play/step.ts';
export type { Target, TargetFacts, TargetFault, TargetKind } from './testing/play/target.ts';
export type { BrokenPlay } from './testing/search.ts';
