/** Where the page is now, as a signal that follows the address bar. */

import { signal } from '@preact/signals';
import { type Route, hrefOf, routeOf } from '../routes.ts';

/** What of a window is used here. */
export interface Place {
  readonly location: { hash: string };
  addEventListener(type: 'hashchange', listener: () => void): void;
}

export const route = signal<Route>({ view: 'overview' });

/** @param onToken somebody has opened an address with a token in this tab; it is none of ours. */
export function followAddress(place: Place, onToken: () => void): void {
  const look = (): void => {
    if (place.location.hash.startsWith('#token=')) onToken();
    route.value = routeOf(place.location.hash);
  };
  place.addEventListener('hashchange', look);
  look();
}

export function go(to: Route): void {
  location.hash = hrefOf(to);
}
