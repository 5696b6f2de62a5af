/** What the tests ask a page for. */

export { byteReport, scanReport } from './scan-report.ts';
export { sessionReport } from './session-report.ts';
