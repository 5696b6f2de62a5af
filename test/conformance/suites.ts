/** The releases of the conformance suite that are run, and what of each. Scenarios of both directions, without authorisation. */

export interface Suite {
  readonly name: string;
  /** As it stands in a table. */
  readonly title: string;
  /** Its package under suite/node_modules. */
  readonly package: string;
  readonly serverArgs: readonly string[];
  /** Beside the name of a single scenario. */
  readonly scenarioArgs: readonly string[];
  /** Authorisation is left out: a client asks for it by the server's URL, which another one in between is not. */
  readonly clientScenarios: readonly string[];
}

const legacyClientScenarios = ['initialize', 'tools_call', 'elicitation-sep1034-client-defaults', 'sse-retry'];

export const suites: readonly Suite[] = [
  {
    name: '0.1',
    title: '0.1.16, all scenarios',
    package: 'conformance-0.1',
    serverArgs: ['--suite', 'all'],
    scenarioArgs: [],
    clientScenarios: legacyClientScenarios,
  },
  {
    name: '2025-11-25',
    title: '0.2.0-alpha.12, requirements of 2025-11-25',
    package: 'conformance-0.2',
    serverArgs: ['--requirements', '2025-11-25'],
    scenarioArgs: ['--spec-version', '2025-11-25'],
    clientScenarios: [...legacyClientScenarios, 'json-schema-2020-12-preservation'],
  },
  {
    name: '2026-07-28',
    title: '0.2.0-alpha.12, requirements of 2026-07-28',
    package: 'conformance-0.2',
    serverArgs: ['--requirements', '2026-07-28'],
    scenarioArgs: ['--spec-version', '2026-07-28'],
    clientScenarios: [
      'tools_call',
      'request-metadata',
      'sep-2322-client-request-state',
      'http-standard-headers',
      'http-custom-headers',
      'http-invalid-tool-headers',
      'json-schema-ref-no-deref',
      'json-schema-2020-12-preservation',
    ],
  },
];
