"use client";
/** The pages of the app. Only what exists is listed. */
import { LayoutDashboard } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";

const PAGES = [{ href: "/", label: "Overview", icon: LayoutDashboard }] as const;

const SHAPES = {
  rail: "flex h-8 items-center gap-2.5 rounded-md px-2 font-medium transition-colors duration-150",
  bar: "grid min-h-14 content-center justify-items-center gap-0.5 text-xs font-medium",
} as const;

export function Navigation({ shape }: { shape: keyof typeof SHAPES }) {
  const path = usePathname();
  return (
    <nav aria-label="Pages" className="flex-1">
      <ul className={shape === "rail" ? "grid gap-0.5" : "grid auto-cols-fr grid-flow-col"}>
        {PAGES.map(({ href, label, icon: Icon }) => {
          const here = path === href;
          const tone = here ? (shape === "rail" ? "bg-sunken text-text" : "text-accent") : "text-muted hover:text-text";
          return (
            <li key={href}>
              <Link href={href} aria-current={here ? "page" : undefined} className={`${SHAPES[shape]} ${tone}`}>
                <Icon size={shape === "rail" ? "1rem" : "1.25rem"} aria-hidden />
                {label}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
