import { describe, expect, test } from 'vitest';
import { sectionUrl } from '../../src/observe/traced-event-sections.ts';

describe('the address of a section', () => {
  test.each([
    ['requests', '2025-06-18', '2025-06-18/basic#requests'],
    ['progress', '2025-11-25', '2025-11-25/basic/utilities/progress#behavior-requirements'],
    ['progress', '2026-07-28', '2026-07-28/basic/patterns/progress'],
    ['methods', '2026-07-28', '2026-07-28/schema'],
    ['handshake', undefined, '2025-11-25/basic/lifecycle#initialization'],
    ['handshake', '1999-01-01', '2025-11-25/basic/lifecycle#initialization'],
  ] as const)('of %s in %s is %s', (section, revision, path) => {
    expect(sectionUrl(section, revision)).toBe(`https://modelcontextprotocol.io/specification/${path}`);
  });
});
