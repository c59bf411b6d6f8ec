import type { ButtonHTMLAttributes } from "react";

const KINDS = {
  primary: "bg-accent text-on-accent hover:opacity-90",
  plain: "border border-line bg-surface hover:bg-sunken",
  quiet: "text-muted hover:bg-sunken hover:text-text",
} as const;

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  kind?: keyof typeof KINDS;
}

export function Button({ kind = "plain", className = "", type = "button", ...rest }: ButtonProps) {
  const shape =
    "inline-flex min-h-11 items-center justify-center gap-2 rounded-md px-3 text-base font-medium transition-colors duration-150 disabled:opacity-60 sm:min-h-8";
  return <button type={type} className={`${shape} ${KINDS[kind]} ${className}`} {...rest} />;
}
