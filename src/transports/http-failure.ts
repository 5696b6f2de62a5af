/** What is told about a request that did not get through, in words for whoever runs the proxy. Never with credentials. */

/** @param where the server, as it may be shown. */
export function failureText(error: Error, where: string): string {
  const code = codeOf(error);
  const known = code === undefined ? undefined : texts[code];
  if (known !== undefined) return `${known(where)} (${[code, ...addressOf(error)].join(' ')})`;
  if (error.name === 'HTTPParserError') return `${where} does not speak HTTP as we do: ${error.message}`;
  if (code?.startsWith('CERT_') === true || code?.startsWith('ERR_TLS_') === true) {
    return `The certificate of ${where} is not accepted: ${error.message} (${code})`;
  }
  const text = error.message === '' ? (code ?? error.name) : error.message;
  return `The connection to ${where} failed: ${text}${code === undefined || text.includes(code) ? '' : ` (${code})`}`;
}

const untrusted = (where: string): string =>
  `The certificate of ${where} is not signed by anybody who is trusted here; a certificate authority of your own has to be named`;

const texts: Readonly<Record<string, (where: string) => string>> = {
  ECONNREFUSED: (where) => `Nobody listens at ${where}`,
  ECONNRESET: (where) => `${where} closed the connection`,
  EPIPE: (where) => `${where} closed the connection`,
  UND_ERR_SOCKET: (where) => `${where} closed the connection`,
  ENOTFOUND: (where) => `The name of ${where} is not known`,
  EAI_AGAIN: (where) => `The name of ${where} could not be looked up`,
  EHOSTUNREACH: (where) => `There is no way to ${where}`,
  ENETUNREACH: (where) => `There is no way to ${where}`,
  ETIMEDOUT: (where) => `${where} did not answer in time`,
  UND_ERR_CONNECT_TIMEOUT: (where) => `${where} did not take the connection in time`,
  EPROTO: (where) => `${where} does not speak TLS as we do; it may not speak it at all`,
  ERR_SSL_WRONG_VERSION_NUMBER: (where) => `${where} does not speak TLS`,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: (where) => `${where} does not speak TLS`,
  ERR_TLS_CERT_ALTNAME_INVALID: (where) => `The certificate of ${where} is for another name`,
  CERT_HAS_EXPIRED: (where) => `The certificate of ${where} has expired`,
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
};

function codeOf(error: Error): string | undefined {
  const first = firstOf(error);
  return 'code' in first && typeof first.code === 'string' ? first.code : undefined;
}

/** What was dialled, which is not the server where there is a proxy. */
function addressOf(error: Error): readonly string[] {
  const first = firstOf(error);
  if (!('address' in first) || !('port' in first)) return [];
  return [`${String(first.address)}:${String(first.port)}`];
}

/** Several errors, one for each address of a name, are told as the first. */
function firstOf(error: Error): Error {
  const [first] = error instanceof AggregateError ? (error.errors as readonly unknown[]) : [];
  return first instanceof Error ? first : error;
}

/** The request itself is at fault, so that sending it again would fail again. */
export function isUnsendable(error: Error): boolean {
  return codeOf(error) === 'UND_ERR_INVALID_ARG';
}
