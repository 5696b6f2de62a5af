/**
 * Prints the one line that sums up a run of the tests, `N passed, N failed`, from vitest's JSON report.
 * Fails when the report is missing or nothing was run: a green run of no tests is not green.
 */
import { readFileSync } from 'node:fs';

const report = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));
const passed = report.numPassedTests;
const skipped = report.numPendingTests + report.numTodoTests;
// A file that cannot be loaded has no test that failed; it counts as one.
const unloaded = report.testResults.filter(
  (file) => file.status === 'failed' && !file.assertionResults.some((result) => result.status === 'failed'),
).length;
const failed = report.numFailedTests + unloaded;

console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = passed + failed === 0 ? 1 : 0;
