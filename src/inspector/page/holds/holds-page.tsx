/** Frames that wait for a person. */

import type { PageStore } from '../store/page-store.ts';

export function HoldsPage({ store }: { readonly store: PageStore }) {
  return <p class="blank">{store.processes.value.size} processes</p>;
}
