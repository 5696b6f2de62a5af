/** Where fronts find out in which count of a runtime they count what waits in them, without knowing how runtimes are made. */

import type { BufferedBytes } from '../session/buffered-bytes.ts';
import type { Runtime } from './api.ts';

const known = new WeakMap<Runtime, BufferedBytes>();

export function rememberBuffers(runtime: Runtime, buffers: BufferedBytes): void {
  known.set(runtime, buffers);
}

/** None where the runtime is somebody else's, who has put another one around ours. */
export function buffersOf(runtime: Runtime): BufferedBytes | undefined {
  return known.get(runtime);
}
