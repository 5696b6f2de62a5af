import { expect, test } from 'vitest';
import { nameWithUnit, prometheusLabel, prometheusName } from '../../src/observe/prometheus-names.ts';

test('names have their unit and end as their kind does', () => {
  expect(prometheusName({ name: 'mcp.server.operation.duration', unit: 's', kind: 'histogram' })).toBe(
    'mcp_server_operation_duration_seconds',
  );
  expect(prometheusName({ name: 'ninelives.messages.size', unit: 'By', kind: 'counter' })).toBe(
    'ninelives_messages_size_bytes_total',
  );
  expect(prometheusName({ name: 'ninelives.table.fill', unit: '1', kind: 'gauge' })).toBe('ninelives_table_fill_ratio');
  expect(nameWithUnit({ name: 'ninelives.sessions.opened', unit: '{session}' })).toBe('ninelives_sessions_opened');
  expect(prometheusLabel('mcp.method.name')).toBe('mcp_method_name');
});
