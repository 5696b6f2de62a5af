import { describe, expect, test } from 'vitest';
import { metadataOf } from '../../src/session/metadata.ts';
import { commit, openSession, receive, request } from './fixtures.ts';

describe('S8 the metadata of a session', () => {
  test('has the names that interceptors, rules, the API and the page share', () => {
    const { record } = openSession({ openedAt: 7, principal: 'ann', route: 'files' });
    receive(record, request(1, 'tools/call', undefined, { at: 20 }));
    commit(
      record,
      ({ unit }) => {
        unit.learn({ protocolVersion: '2025-11-25', clientName: 'inspector', serverName: 'everything' });
        unit.enter('active.serving');
      },
      { at: 30 },
    );
    expect(JSON.parse(JSON.stringify(metadataOf(record, () => 50)))).toEqual({
      frame_count: 1,
      session_duration_ms: 43,
      session_tags: ['authenticated'],
      session_state: 'active.serving',
      pending_count: 1,
      protocol_version: '2025-11-25',
      client_name: 'inspector',
      server_name: 'everything',
      principal: 'ann',
      route: 'files',
    });
  });

  test('is a view: it shows the session as it is when somebody asks', () => {
    const { record } = openSession();
    let now = 10;
    const metadata = metadataOf(record, () => now);
    expect([metadata.frame_count, metadata.pending_count, metadata.session_duration_ms]).toEqual([0, 0, 10]);
    receive(record, request(1, 'tools/call'));
    now = 25.4;
    expect([metadata.frame_count, metadata.pending_count, metadata.session_duration_ms]).toEqual([1, 1, 25]);
  });

  test('says undefined for what is not known, and JSON leaves it out', () => {
    const metadata = metadataOf(openSession().record, () => 0);
    expect([metadata.client_name, metadata.server_name, metadata.protocol_version]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect([metadata.principal, metadata.route]).toEqual([undefined, undefined]);
    expect(Object.keys(JSON.parse(JSON.stringify(metadata)) as object)).toEqual([
      'frame_count',
      'session_duration_ms',
      'session_tags',
      'session_state',
      'pending_count',
    ]);
  });

  test('costs nothing when nobody reads it: neither the record nor the clock is asked', () => {
    const { record } = openSession();
    const read: PropertyKey[] = [];
    const watched = new Proxy(record, {
      get: (target, name) => {
        read.push(name);
        return Reflect.get(target, name) as unknown;
      },
    });
    const metadata = metadataOf(watched, () => {
      read.push('now');
      return 0;
    });
    expect(read).toEqual([]);
    expect(metadata.frame_count).toBe(0);
    expect(read).toEqual(['frames']);
  });
});
