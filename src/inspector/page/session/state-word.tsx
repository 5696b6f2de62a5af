/** A state of a session, by its word and its colour. */

export function StateWord({ state }: { readonly state: string }) {
  return <span class={`state state-${state.split('.').at(-1)}`}>{state}</span>;
}
