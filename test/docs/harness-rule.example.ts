import { integer } from 'fast-check';
import { defineRule, law, sessionHarness } from '../../src/testing.ts';
import { relay } from './relay.example.ts';

/** Clients that change their mind over and over: what is cancelled is asked for again at once. */
const changesItsMind = defineRule<number>({
  value: integer({ min: 1, max: 3 }),
  when: (model) => model.peers('client').some(({ handshake }) => handshake === 'done'),
  run: ({ model, send }, times) => {
    const peer = model.peers('client').find(({ handshake }) => handshake === 'done');
    if (peer === undefined) return;
    for (let time = 0; time < times; time++) {
      const id = `again-${peer.idsUsed.length}`;
      send(peer.connection, { jsonrpc: '2.0', id, method: 'tools/list' });
      const asked = peer.ours.at(-1);
      const params = { requestId: id };
      send(peer.connection, { jsonrpc: '2.0', method: 'notifications/cancelled', params }, asked?.seq);
    }
  },
});

const noToolIsCalledTwice = law(
  { id: 'no-tool-is-called-twice', text: 'A server is asked for each call once.', source: 'ours', of: ['proxy'] },
  ({ ours }, verdict) => {
    for (const { copies, event } of ours) {
      verdict.tried();
      if (copies.length > 1) verdict.broken('A request reached servers twice', event.seq);
    }
  },
);

export const rules = sessionHarness({
  proxy: ({ openServer }) => ({ accept: (client) => relay(client, openServer()) }),
  rules: { changesItsMind },
  laws: [noToolIsCalledTwice],
});
