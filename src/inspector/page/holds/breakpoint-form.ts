/** What somebody fills in to set a breakpoint, and what the admin API is asked because of it. */

export interface BreakpointFields {
  readonly when: string;
  readonly kind: string;
  readonly method: string;
  readonly direction: string;
  readonly session: string;
  readonly from: string;
  readonly to: string;
  readonly seconds: string;
  readonly byDefault: string;
}

/** A breakpoint as the admin API tells of it. */
export interface Breakpoint {
  readonly id: string;
  readonly hits: number;
  readonly when?: string;
  readonly kind?: string;
  readonly method?: string;
  readonly direction?: string;
  readonly session?: string;
  readonly transition?: { readonly from?: string; readonly to?: string };
  readonly timeoutMs: number;
  readonly byDefault: string;
}

/** The body of `POST /breakpoints`; what is empty is left out. */
export function bodyOf(fields: BreakpointFields): Readonly<Record<string, unknown>> {
  const { from, to, seconds, ...words } = fields;
  const said = Object.entries(words).filter(([, value]) => value.trim() !== '');
  const transition = { ...(from === '' ? {} : { from }), ...(to === '' ? {} : { to }) };
  return {
    ...Object.fromEntries(said.map(([name, value]) => [name, value.trim()])),
    ...(Object.keys(transition).length === 0 ? {} : { transition }),
    ...(seconds.trim() === '' ? {} : { timeoutMs: Math.round(Number(seconds) * 1_000) }),
  };
}

/** What it waits for, as a sentence without an end. */
export function spokenBreakpoint({ kind, method, direction, session, transition, when }: Breakpoint): string {
  const parts = [
    method === undefined ? `every ${kind ?? 'frame'}` : `${kind ?? 'every'} ${method}`,
    direction === undefined ? '' : direction === 'client-to-server' ? 'from the client' : 'from the server',
    session === undefined ? '' : `of session ${session}`,
    transition === undefined ? '' : `after ${transition.from ?? 'any state'} → ${transition.to ?? 'any state'}`,
    when === undefined ? '' : `where ${when}`,
  ];
  return parts.filter((part) => part !== '').join(' ');
}
