import { Box } from 'ink';
import stringWidth from 'string-width';
import { type Line, span } from '../blocks/block.ts';
import { StyledLines } from '../blocks/styled-lines.tsx';
import { Choice } from '../fields/choice.tsx';
import { messageLines } from '../fields/field-message.ts';
import { maskedText, SecretField } from '../fields/secret-field.tsx';
import { TextField, textFieldRows } from '../fields/text-field.tsx';
import type { RenewalForm } from '../operation-views.ts';
import { daysText } from '../texts/certificates-text.ts';
import {
  keyChoices,
  keyWords,
  type RenewalField,
  renewalFields,
  renewalLabels,
  renewalNote,
  usualCaKey,
} from '../texts/renewal-text.ts';

export interface RenewalSettingsProps {
  readonly form: RenewalForm;
  /** The setting that has the keys; the others take one row each. */
  readonly active: RenewalField;
  /** True once it was submitted: then its problem is told. */
  readonly submitted: boolean;
  readonly width: number;
  /** True where every row counts: problems of resting settings are left out. */
  readonly tight: boolean;
  readonly onChange: (field: Exclude<RenewalField, 'passphrase'>, value: string) => void;
  readonly onPassphrase: (text: string) => void;
  readonly onKey: (value: string) => void;
}

const widestLabel = Math.max(...Object.values(renewalLabels).map((label) => stringWidth(label)));

function shownValue(form: RenewalForm, field: RenewalField): string {
  switch (field) {
    case 'days':
      return daysText(form.days);
    case 'key':
      return keyWords(form.key);
    case 'caKeyFile':
      return form.caKeyFile.trim() === '' ? usualCaKey : form.caKeyFile;
    case 'passphrase':
      return form.passphrase ? maskedText(form.passphrase) : 'none';
  }
}

function restingLines({ form, width, tight }: RenewalSettingsProps, field: RenewalField) {
  const label = renewalLabels[field];
  const line: Line = [
    span(`  ${label}${' '.repeat(widestLabel - stringWidth(label))}  `, 'quiet'),
    span(shownValue(form, field)),
  ];
  return tight ? [line] : [line, ...messageLines({ problem: form.problems[field] }, width, 1)];
}

function messageOf({ form, submitted }: RenewalSettingsProps, field: RenewalField) {
  return {
    problem: submitted ? form.problems[field] : undefined,
    note: renewalNote(form, field),
  };
}

/** Rows that the settings take. */
export function renewalSettingsRows(props: RenewalSettingsProps): number {
  return renewalFields.reduce((rows, field) => {
    if (field !== props.active) return rows + restingLines(props, field).length;
    if (field === 'key') return rows + 1 + keyChoices.length;
    return rows + textFieldRows(messageOf(props, field), props.width);
  }, 0);
}

/** How the new certificate is made: settings, one of them open. */
export function RenewalSettings(props: RenewalSettingsProps) {
  const { form, active, width, onChange, onPassphrase, onKey } = props;
  return renewalFields.map((field) => {
    if (field !== active) return <StyledLines key={field} lines={restingLines(props, field)} />;
    switch (field) {
      case 'key':
        return (
          <Box key={field} flexDirection="column" flexShrink={0}>
            <StyledLines lines={[[span('▸ ', 'accent'), span(renewalLabels.key, 'strong')]]} />
            <Box paddingLeft={2} flexShrink={0}>
              <Choice
                items={keyChoices}
                initialIndex={keyChoices.findIndex(({ value }) => value === form.key)}
                onSelect={onKey}
              />
            </Box>
          </Box>
        );
      case 'passphrase':
        return (
          <SecretField
            key={field}
            label={renewalLabels.passphrase}
            secret={form.passphrase}
            active
            width={width}
            placeholder="type or paste it; it is not shown"
            {...messageOf(props, field)}
            onChange={onPassphrase}
          />
        );
      default:
        return (
          <TextField
            key={field}
            label={renewalLabels[field]}
            value={form[field]}
            active
            width={width}
            {...(field === 'caKeyFile' ? { placeholder: usualCaKey } : {})}
            {...messageOf(props, field)}
            onChange={(value) => onChange(field, value)}
          />
        );
    }
  });
}
