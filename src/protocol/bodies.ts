/**
 * Reads what the session wants to know from the bodies of a few messages, on demand and never throwing: what is absent or of
 * the wrong type is `undefined`, and text for people is cut to a bound. The frame itself stays as it came.
 */
import { isJsonObject, ownMember } from './derive.ts';
import { decodeText } from './text.ts';

/** Names, versions and levels are cut to this many characters. */
const nameLengthMax = 256;
/** Ids of tasks and URIs are compared, so a longer one is no id rather than a part of one. */
const keyLengthMax = 4096;
/** Of what a server says that it speaks. */
const versionsMax = 16;
const versionLengthMax = 64;

export type Capabilities = Readonly<Record<string, unknown>>;

/** Who a peer says it is; empty where it does not say. Never a proof of anything. */
export interface Implementation {
  readonly name: string;
  readonly version: string;
}

export interface InitializeParams {
  readonly protocolVersion: string;
  readonly clientInfo: Implementation;
  readonly capabilities: Capabilities;
}

export interface InitializeResult {
  readonly protocolVersion: string;
  readonly serverInfo: Implementation;
  readonly capabilities: Capabilities;
  readonly instructionsPresent: boolean;
}

export interface TaskStatus {
  readonly taskId: string;
  readonly status: string;
}

/** The `params` of `initialize`; `undefined` without a protocol version. */
export function readInitializeParams(bytes: Uint8Array): InitializeParams | undefined {
  const params = memberOfMessage(bytes, 'params');
  const protocolVersion = nameOf(ownMember(params, 'protocolVersion'));
  if (protocolVersion === undefined) return undefined;
  return {
    protocolVersion,
    clientInfo: implementationOf(ownMember(params, 'clientInfo')),
    capabilities: capabilitiesOf(ownMember(params, 'capabilities')),
  };
}

/** The result of `initialize`; `undefined` without a protocol version, and so for an error response. */
export function readInitializeResult(bytes: Uint8Array): InitializeResult | undefined {
  const result = memberOfMessage(bytes, 'result');
  const protocolVersion = nameOf(ownMember(result, 'protocolVersion'));
  if (protocolVersion === undefined) return undefined;
  return {
    protocolVersion,
    serverInfo: implementationOf(ownMember(result, 'serverInfo')),
    capabilities: capabilitiesOf(ownMember(result, 'capabilities')),
    instructionsPresent: typeof ownMember(result, 'instructions') === 'string',
  };
}

/**
 * The revisions that the result of `server/discover` names (2026-07-28). `undefined` where that is no list of strings, and
 * where there are more of them than 16, or longer ones than 64 characters: part of them would say something else.
 */
export function readSupportedVersions(bytes: Uint8Array): readonly string[] | undefined {
  const versions = ownMember(memberOfMessage(bytes, 'result'), 'supportedVersions');
  if (!Array.isArray(versions) || versions.length > versionsMax) return undefined;
  const texts = (versions as readonly unknown[]).filter((version) => typeof version === 'string');
  return texts.length === versions.length && texts.every(({ length }) => length <= versionLengthMax)
    ? texts
    : undefined;
}

/**
 * The id of the task that a response created: `result.task.taskId` (2025-11-25), or `result.taskId` of a result that says
 * `"resultType":"task"` (extension io.modelcontextprotocol/tasks of 2026-07-28).
 */
export function readTaskId(bytes: Uint8Array): string | undefined {
  const result = memberOfMessage(bytes, 'result');
  const nested = keyOf(ownMember(ownMember(result, 'task'), 'taskId'));
  if (nested !== undefined) return nested;
  return ownMember(result, 'resultType') === 'task' ? keyOf(ownMember(result, 'taskId')) : undefined;
}

/** The task and status that `notifications/tasks/status` or `notifications/tasks` reports. */
export function readTaskStatus(bytes: Uint8Array): TaskStatus | undefined {
  const params = memberOfMessage(bytes, 'params');
  const taskId = keyOf(ownMember(params, 'taskId'));
  const status = nameOf(ownMember(params, 'status'));
  return taskId === undefined || status === undefined ? undefined : { taskId, status };
}

/** The task that a `tasks/*` request is about. */
export function readTaskParam(bytes: Uint8Array): string | undefined {
  return keyOf(ownMember(memberOfMessage(bytes, 'params'), 'taskId'));
}

/** The resource of `resources/subscribe` or `resources/unsubscribe`. */
export function readSubscribeUri(bytes: Uint8Array): string | undefined {
  return keyOf(ownMember(memberOfMessage(bytes, 'params'), 'uri'));
}

/** The level of `logging/setLevel`. */
export function readLoggingLevel(bytes: Uint8Array): string | undefined {
  return nameOf(ownMember(memberOfMessage(bytes, 'params'), 'level'));
}

function memberOfMessage(bytes: Uint8Array, key: 'params' | 'result'): unknown {
  try {
    return ownMember(JSON.parse(decodeText(bytes)), key);
  } catch {
    return undefined;
  }
}

function nameOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value.slice(0, nameLengthMax) : undefined;
}

function keyOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.length <= keyLengthMax ? value : undefined;
}

function implementationOf(value: unknown): Implementation {
  return { name: nameOf(ownMember(value, 'name')) ?? '', version: nameOf(ownMember(value, 'version')) ?? '' };
}

function capabilitiesOf(value: unknown): Capabilities {
  return isJsonObject(value) ? value : {};
}
