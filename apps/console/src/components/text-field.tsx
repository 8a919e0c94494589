import {
  FieldError,
  Input,
  Label,
  Text,
  TextArea,
  TextField as AriaTextField,
  type TextFieldProps,
} from 'react-aria-components';

interface Properties extends TextFieldProps {
  readonly label: string;
  readonly hint?: string | undefined;
  /** Of a text of several lines. */
  readonly rows?: number;
  readonly placeholder?: string;
}

/** A line, or several, of text with its label; `hint` below it. */
export function TextField({ label, hint, rows, placeholder, ...properties }: Properties) {
  return (
    <AriaTextField {...properties} className="field">
      <Label>{label}</Label>
      {rows === undefined ? <Input placeholder={placeholder} /> : <TextArea rows={rows} placeholder={placeholder} />}
      {hint !== undefined && (
        <Text slot="description" className="field-hint">
          {hint}
        </Text>
      )}
      <FieldError className="field-error" />
    </AriaTextField>
  );
}
