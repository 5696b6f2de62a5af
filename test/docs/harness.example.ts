import { sessionHarness } from '../../src/testing.ts';
import { relay } from './first-relay.example.ts';

export const harness = sessionHarness({
  name: 'my proxy',
  proxy: ({ openServer }) => ({
    // Each client that comes has a server of its own.
    accept: (client) => relay(client, openServer()),
  }),
});
