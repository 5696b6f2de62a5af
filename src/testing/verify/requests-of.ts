/** What clients of a play may ask a server, by what it offers: tools only where they were named, or change nothing. */

import fc from 'fast-check';
import type { PlayedRequest } from '../play/arbitrary.ts';
import type { TargetFacts } from '../play/target.ts';
import { argumentsFor } from './arguments-for.ts';
import type { Offer, OfferedTool } from './survey.ts';

/** Names of tools, `all`, or those that the server marks as read-only. */
export type ToolChoice = readonly string[] | 'all' | 'read-only';

/** So many of what a server lists are asked for. */
const resourcesMax = 5;

/** The tools that may be called. */
export function toolsToCall({ tools }: Offer, choice: ToolChoice): readonly OfferedTool[] {
  if (choice === 'all') return tools;
  return tools.filter(({ name, isReadOnly }) => (choice === 'read-only' ? isReadOnly : choice.includes(name)));
}

export function requestsOf(offer: Offer, choice: ToolChoice, era: TargetFacts['era']): fc.Arbitrary<PlayedRequest> {
  const { capabilities, resources, prompts } = offer;
  const method = (name: string): fc.Arbitrary<PlayedRequest> => fc.constant({ method: name });
  const lists = ['tools', 'prompts', 'resources'].filter((what) => capabilities.includes(what));
  const calls = toolsToCall(offer, choice).map(({ name, inputSchema }) =>
    argumentsFor(inputSchema).map((given): PlayedRequest => ({
      method: 'tools/call',
      params: { name, arguments: given },
    })),
  );
  const reads = resources
    .slice(0, resourcesMax)
    .map((uri) => fc.constant({ method: 'resources/read', params: { uri } }));
  const gets = prompts
    .slice(0, resourcesMax)
    .map(({ name, arguments: names }) =>
      fc
        .record(Object.fromEntries(names.map((one) => [one, fc.string({ maxLength: 10 })])), { noNullPrototype: true })
        .map((given): PlayedRequest => ({ method: 'prompts/get', params: { name, arguments: given } })),
    );
  return fc.oneof(
    { weight: 2, arbitrary: method(era === 'session' ? 'ping' : 'server/discover') },
    ...lists.map((what) => ({ weight: 2, arbitrary: method(`${what}/list`) })),
    ...[...reads, ...gets].map((arbitrary) => ({ weight: 1, arbitrary })),
    ...calls.map((arbitrary) => ({ weight: Math.max(1, Math.ceil(8 / calls.length)), arbitrary })),
  );
}
