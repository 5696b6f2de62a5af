/** Where the specification says what a message may be, by revision: addresses of its pages. Knows no messages. */

import { revisions } from '../protocol/revisions.ts';

const site = 'https://modelcontextprotocol.io/specification';

/** What is most spoken, for messages from before the peers have agreed on something. */
const usual = '2025-11-25';

const pages = {
  messages: 'basic#messages',
  requests: 'basic#requests',
  responses: 'basic#responses',
  methods: 'schema',
  handshake: 'basic/lifecycle#initialization',
  operation: 'basic/lifecycle#operation',
  shutdown: 'basic/lifecycle#shutdown',
  sessions: 'basic/transports#session-management',
  progress: 'basic/utilities/progress#behavior-requirements',
  cancellation: 'basic/utilities/cancellation#behavior-requirements',
} as const;

export type Section = keyof typeof pages;

/** In the modern revision some are elsewhere. */
const modernPages: Readonly<Partial<Record<Section, string>>> = {
  handshake: 'basic/versioning',
  operation: 'basic/versioning',
  shutdown: 'basic/versioning',
  progress: 'basic/patterns/progress',
  cancellation: 'basic/patterns/cancellation#behavior-requirements',
};

/** JSON-RPC 2.0, which all revisions are built on. */
export const jsonRpc = {
  parse: 'https://www.jsonrpc.org/specification#error_object',
  response: 'https://www.jsonrpc.org/specification#response_object',
} as const;

/** @param revision as the peers agreed on it; another than those that are known here is read as the usual one. */
export function sectionUrl(section: Section, revision: string | undefined): string {
  const said = revisions.find((known) => known === revision) ?? usual;
  const page = said === '2026-07-28' ? (modernPages[section] ?? pages[section]) : pages[section];
  return `${site}/${said}/${page}`;
}
