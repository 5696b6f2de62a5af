/** Labels that others than the session itself put on it, shown among its tags. Bounded in number and length. */

import type { LabelChange } from './interception.ts';
import type { SessionRecord } from './record.ts';

/** Sets or removes a label. One that is too long, or one too many, is counted and left out. */
export function changeLabel(record: SessionRecord, { label, isSet }: LabelChange): void {
  if (isSet && !hasRoomForLabel(record, label)) {
    record.unit.count('refusedLabels');
    return;
  }
  record.unit.later(() => {
    const hasChanged = isSet ? !record.labels.has(label) : record.labels.delete(label);
    if (isSet) record.labels.set(label, true);
    if (hasChanged) record.labelChanges++;
  });
}

function hasRoomForLabel({ labels, surroundings }: SessionRecord, label: string): boolean {
  const { labelsPerSession, labelCharactersMax } = surroundings.limits;
  return labels.has(label) || (labels.size < labelsPerSession && label.length <= labelCharactersMax);
}
