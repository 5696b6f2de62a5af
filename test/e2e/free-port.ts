/** A port for a program of a test. */

export { freePort } from '../../src/testing/targets/free-port.ts';
