import { Box } from 'ink';
import stringWidth from 'string-width';
import { type Line, span } from '../blocks/block.ts';
import { StyledLines } from '../blocks/styled-lines.tsx';
import { Choice } from '../fields/choice.tsx';
import { messageLines } from '../fields/field-message.ts';
import { TextField, textFieldRows } from '../fields/text-field.tsx';
import {
  type CertificateField,
  daysText,
  keyTypeChoices,
  keyTypeLabel,
  settingLabels,
  settingsOf,
} from '../texts/certificates-text.ts';
import type { CertificateForm } from '../views.ts';

const notes: Readonly<Record<'days' | 'caDays', string>> = {
  days: '90 as in the guide. It never outlives the CA.',
  caDays: '3650 as in the guide.',
};

const widestLabel = Math.max(...Object.values(settingLabels).map((label) => stringWidth(label)));

export interface CertificateSettingsProps {
  readonly form: CertificateForm;
  /** The setting that has the keys; the others take one row each. */
  readonly active: CertificateField;
  /** True once it was submitted: then its problem is told. */
  readonly submitted: boolean;
  readonly width: number;
  readonly onChange: (field: CertificateField, value: string) => void;
  readonly onKeyType: (value: string) => void;
}

function shownValue(form: CertificateForm, field: CertificateField): string {
  return field === 'keyType' ? keyTypeLabel(form.keyType) : daysText(form[field]);
}

function restingLines(form: CertificateForm, field: CertificateField, width: number) {
  const label = settingLabels[field];
  const line: Line = [
    span(`  ${label}${' '.repeat(widestLabel - stringWidth(label))}  `, 'quiet'),
    span(shownValue(form, field)),
  ];
  return [line, ...messageLines({ problem: form.problems[field] }, width, 1)];
}

function messageOf({ form, submitted }: CertificateSettingsProps, field: 'days' | 'caDays') {
  const problem = submitted ? form.problems[field] : undefined;
  return { problem, note: notes[field] };
}

/** Rows that the settings take. */
export function certificateSettingsRows(props: CertificateSettingsProps): number {
  const { form, active, width } = props;
  return settingsOf(form).reduce((rows, field) => {
    if (field !== active) return rows + restingLines(form, field, width).length;
    if (field === 'keyType') return rows + 1 + keyTypeChoices.length;
    return rows + textFieldRows(messageOf(props, field), width);
  }, 0);
}

/** The settings of new certificates, one of them open. */
export function CertificateSettings(props: CertificateSettingsProps) {
  const { form, active, width, onChange, onKeyType } = props;
  return settingsOf(form).map((field) => {
    if (field !== active)
      return <StyledLines key={field} lines={restingLines(form, field, width)} />;
    if (field === 'keyType')
      return (
        <Box key={field} flexDirection="column" flexShrink={0}>
          <StyledLines lines={[[span('▸ ', 'accent'), span(settingLabels.keyType, 'strong')]]} />
          <Box paddingLeft={2} flexShrink={0}>
            <Choice
              items={keyTypeChoices}
              initialIndex={keyTypeChoices.findIndex(({ value }) => value === form.keyType)}
              onSelect={onKeyType}
            />
          </Box>
        </Box>
      );
    return (
      <TextField
        key={field}
        label={settingLabels[field]}
        value={form[field]}
        active
        width={width}
        {...messageOf(props, field)}
        onChange={(value) => onChange(field, value)}
      />
    );
  });
}
