/**
 * What embedders import, name by name. A name that is added here is a promise; one that is taken away breaks somebody:
 * docs/stability.md says when that may happen.
 */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as core from '../../src/core.ts';
import * as index from '../../src/index.ts';

/** The types that an entry exports, which no running program can list. */
function typesOf(entry: string): readonly string[] {
  const statements = readFileSync(entry, 'utf8').matchAll(/^export type \{([^}]*)\}/gm);
  return [...statements].flatMap(([, names = '']) => names.split(',').map((name) => name.trim())).filter(Boolean);
}

/** Statements of an entry that spell no names: `export * from`, a default export, a declaration. */
function unspelled(entry: string): readonly string[] {
  return (readFileSync(entry, 'utf8').match(/^(?:export|import) (?!\{|type \{).*$/gm) ?? []).toSorted();
}

describe('the package exports', () => {
  test('from . these values', () => {
    expect(Object.keys(index).toSorted()).toEqual([
      'LocalError',
      'builtInProfiles',
      'builtInTagRules',
      'createRuntime',
      'defaultLimits',
      'defaultRestartPolicy',
      'defaultTimes',
      'errorTable',
      'neverRestart',
      'nodeStreams',
      'observationTarget',
      'observations',
      'openSession',
      'outcomes',
      'sessionStates',
      'statusOf',
      'systemClock',
      'tagThresholds',
      'webStreams',
    ]);
  });

  test('from . these types', () => {
    expect(typesOf('src/index.ts').toSorted()).toEqual([
      'AbortSignalLike',
      'ClientPeer',
      'Clock',
      'Departure',
      'Direction',
      'EndReason',
      'Envelope',
      'ErrorCode',
      'ErrorRow',
      'FaultKind',
      'Frame',
      'FrameKind',
      'Ids',
      'InterceptAction',
      'InterceptContext',
      'Interceptor',
      'Limits',
      'LocalErrorCode',
      'Log',
      'NodeReadable',
      'NodeStreamPair',
      'NodeWritable',
      'NotTaken',
      'Observation',
      'ObservationEvent',
      'ObservationListener',
      'ObservationListenerOptions',
      'ObservationTarget',
      'ObservationsDropped',
      'ObservationsOptions',
      'Observer',
      'OpenOptions',
      'OpenResult',
      'Outcome',
      'PeerAdapter',
      'PeerEvents',
      'PeerLink',
      'PeerReports',
      'Profile',
      'ReadFault',
      'Refusal',
      'RequestId',
      'RestartPolicy',
      'Runtime',
      'RuntimeOptions',
      'RuntimeSession',
      'Sender',
      'ServerPeer',
      'SessionBetween',
      'SessionMetadata',
      'SessionPeer',
      'SessionSnapshot',
      'SessionState',
      'SessionStatus',
      'StreamAdapter',
      'StreamOptions',
      'TagRule',
      'TagView',
      'Times',
      'TotalsSnapshot',
      'TransportType',
      'UpstreamConnector',
      'UpstreamEvents',
      'UpstreamLink',
      'WebReadable',
      'WebStreamOptions',
      'WebStreamPair',
      'WebWritable',
    ]);
  });

  test('from ./core these values', () => {
    expect(Object.keys(core).toSorted()).toEqual([
      'Exchange',
      'LineFramer',
      'LocalError',
      'PendingEntry',
      'PendingTable',
      'builtInProfiles',
      'builtInTagRules',
      'classifyFrame',
      'condition',
      'createRuntime',
      'defaultLimits',
      'defaultReadLimits',
      'defaultRestartPolicy',
      'defaultTimes',
      'errorTable',
      'evaluateTags',
      'methodRow',
      'neverRestart',
      'outcomes',
      'readMessage',
      'readMessages',
      'resolveSession',
      'revisionRow',
      'scanMessage',
      'sessionEventTypes',
      'sessionMachine',
      'sessionStates',
      'snapshotOf',
      'statusOf',
      'supervisorMachine',
      'systemClock',
      'tagNames',
      'tagThresholds',
      'transactional',
      'update',
      'upstreamMachine',
    ]);
  });

  test('from ./core these types', () => {
    expect(typesOf('src/core.ts').toSorted()).toEqual([
      'AbortSignalLike',
      'ClientPeer',
      'Clock',
      'CommittableUnit',
      'DeliveryResult',
      'Departure',
      'Direction',
      'EndReason',
      'Envelope',
      'ErrorCode',
      'ErrorRow',
      'ExchangeLink',
      'FaultKind',
      'Frame',
      'FrameKind',
      'FrameOrigin',
      'Ids',
      'InterceptAction',
      'InterceptContext',
      'Interceptor',
      'Limits',
      'LocalErrorCode',
      'Log',
      'NotTaken',
      'Observation',
      'Observer',
      'OpenOptions',
      'OpenResult',
      'Outcome',
      'PeerEvents',
      'PeerLink',
      'Profile',
      'ReadFault',
      'ReadLimits',
      'Refusal',
      'RequestId',
      'Resolution',
      'ResolutionOptions',
      'RestartPolicy',
      'Runtime',
      'RuntimeOptions',
      'RuntimeSession',
      'ScanLimits',
      'Sender',
      'ServerPeer',
      'SessionEvent',
      'SessionEventType',
      'SessionIndex',
      'SessionMetadata',
      'SessionPeer',
      'SessionSnapshot',
      'SessionState',
      'SessionStatus',
      'TagRule',
      'TagView',
      'Times',
      'TotalsSnapshot',
      'Transactional',
      'TransactionalHooks',
      'TransactionalRecord',
      'TransportType',
      'UnitOfWork',
      'Update',
      'UpstreamConnector',
      'UpstreamEvents',
      'UpstreamLink',
    ]);
  });

  test('through . and ./core, where every name is spelled out', () => {
    expect(['src/index.ts', 'src/core.ts'].map(unspelled)).toEqual([[], []]);
    const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly exports: object };
    expect(Object.keys(exports)).toEqual(['.', './core', './package.json']);
  });
});
