/** The same in a dedicated worker: it answers each list of texts with both reports. */

import { scanReport } from './scan-report.ts';
import { sessionReport } from './session-report.ts';

addEventListener('message', ({ data }: MessageEvent<readonly string[]>) => {
  void sessionReport().then((session) => {
    postMessage({ session, scan: scanReport(data) });
  });
});
