/** What the admin API answers when it does not do what it was asked: one shape, a code for programs and a sentence for people. */

/** HTTP status of each code, and what is said where nobody says it better. */
export const problemTable = {
  BAD_REQUEST: { status: 400, message: 'The request says something that this path does not understand' },
  UNAUTHORIZED: { status: 401, message: 'Show the token of this process: Authorization: Bearer TOKEN' },
  FAULTS_OFF: { status: 403, message: 'Faults are switched off here: a gateway takes them with allowFaults: true' },
  FOREIGN_HOST: { status: 403, message: 'This is not for that host, or not for that page' },
  NOT_FOUND: { status: 404, message: 'Nothing is here: GET /openapi.json lists what is' },
  NO_SUCH_PROCESS: { status: 404, message: 'No process of this id can be looked at here' },
  SESSION_NOT_FOUND: { status: 404, message: 'There is no such session, or it has ended' },
  REQUEST_NOT_FOUND: { status: 404, message: 'No request of this id waits in the session' },
  NO_RULES: { status: 404, message: 'This process has no rules: start it with --rules FILE' },
  NOT_PAUSED: { status: 404, message: 'No frame of this id waits for a decision' },
  NO_BREAKPOINT: { status: 404, message: 'There is no breakpoint of this id' },
  NO_CLUSTER: { status: 404, message: 'This process is the only one: start it with --cluster nats://HOST:PORT' },
  NO_DRY_RUN: { status: 404, message: 'No rules have been tried out since this process began' },
  METHOD_NOT_ALLOWED: { status: 405, message: 'This path does not take this method' },
  TAG_NOT_CHANGED: { status: 409, message: 'The session keeps its tags as they are' },
  TOO_MANY_BREAKPOINTS: { status: 409, message: 'There are as many breakpoints as there may be' },
  RULES_NOT_TAKEN: { status: 409, message: 'The rules stay as they are: the file has mistakes' },
  BODY_TOO_LARGE: { status: 413, message: 'The body is larger than this API takes' },
  TOO_MANY_REQUESTS: { status: 429, message: 'Too many requests at once: try again in a second' },
  INTERNAL: { status: 500, message: 'Something went wrong here; the log of this process says what' },
  PROCESS_GONE: { status: 502, message: 'That process does not answer any more' },
  CLUSTER_AWAY: { status: 503, message: 'The server of the cluster cannot be reached from here' },
  PROCESS_SILENT: { status: 504, message: 'That process has not answered in time' },
} as const satisfies Record<string, { readonly status: number; readonly message: string }>;

export type ProblemCode = keyof typeof problemTable;

export interface Problem {
  readonly problem: ProblemCode;
  /** In place of the sentence of the table. */
  readonly message?: string;
  /** In the file that is not taken. */
  readonly mistakes?: readonly Mistake[];
  /** The methods that the path takes, where this one it does not. */
  readonly allows?: readonly string[];
}

/** Lines and columns count from 1. */
export interface Mistake {
  readonly line: number;
  readonly column: number;
  /** What it is about, as a path: `rules[0].when`; empty for the whole file. */
  readonly where: string;
  readonly message: string;
}

/** The body of every answer that is no success. */
export interface ProblemBody {
  readonly error: {
    readonly code: ProblemCode;
    readonly message: string;
    readonly mistakes?: readonly Mistake[];
  };
}

export function problemBody({ problem, message, mistakes }: Problem): ProblemBody {
  const said = { code: problem, message: message ?? problemTable[problem].message };
  return { error: mistakes === undefined ? said : { ...said, mistakes } };
}

/** What a refusal says beside its body, however it is told. */
export function problemHeaders({ problem, allows }: Problem): Readonly<Record<string, string>> {
  const { status } = problemTable[problem];
  return {
    ...(status === 401 ? { 'WWW-Authenticate': 'Bearer' } : {}),
    ...(allows === undefined ? {} : { Allow: allows.join(', ') }),
    ...(status === 429 ? { 'Retry-After': '1' } : {}),
  };
}
