import { describe, expect, test } from 'vitest';
import * as core from '../src/core.ts';
import { createRuntime } from '../src/index.ts';
import { encodeText } from '../src/protocol/text.ts';
import { loadedBy } from './pins/loaded-modules.ts';

describe('./core', () => {
  test('loads XState and files that need no platform, and nothing that only one platform has', () => {
    const { files, packages } = loadedBy('src/core.ts');
    expect([...packages]).toEqual(['xstate']);
    const folders = new Set([...files].map((path) => /^(?:src\/)?([^/.]+)/.exec(path)?.[1] ?? ''));
    expect([...folders].toSorted()).toEqual([
      'adapters',
      'core',
      'errors',
      'local-error',
      'machines',
      'protocol',
      'runtime',
      'session',
      'transports',
    ]);
  });

  test('and XState itself loads nothing', () => {
    const { files, packages } = loadedBy('node_modules/xstate/dist/xstate.esm.js');
    expect(files.size).toBeGreaterThan(3);
    expect([...packages]).toEqual([]);
  });

  test('is enough to read what a peer wrote and to say what it is', () => {
    const [request, noise] = ['{"jsonrpc":"2.0","id":1,"method":"tools/list"}', 'Server started.'].map((line) =>
      core.readMessage(encodeText(line)),
    );
    if (request === undefined || 'fault' in request) throw new Error('The request was not read');
    expect(core.classifyFrame(request.envelope, 'client-to-server', '2025-11-25')).toBe('legal');
    expect(core.methodRow(request.envelope.method)?.kind).toBe('request');
    expect(noise).toMatchObject({ fault: 'not-json', expectsAnswer: true });
  });

  test('has the same runtime as the package, which needs nothing to be handed in', async () => {
    expect(core.createRuntime).toBe(createRuntime);
    const runtime = core.createRuntime();
    const link: core.PeerLink = { write: () => true, pause: () => {}, close: () => {} };
    const opened = runtime.open({ transportType: 'in-memory', client: link, server: link });
    if ('refusal' in opened) throw new Error(opened.refusal.code);
    expect(opened.session.id).toMatch(/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/);
    await runtime.stop();
  });

  test('has the charts, to draw and to walk', () => {
    const { sessionMachine, supervisorMachine, upstreamMachine } = core;
    expect([sessionMachine, supervisorMachine, upstreamMachine].map(({ id }) => id)).toEqual([
      'session',
      'supervisor',
      'upstream',
    ]);
  });
});
