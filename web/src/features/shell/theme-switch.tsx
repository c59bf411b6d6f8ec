"use client";
import { Monitor, Moon, Sun } from "lucide-react";
import { Segmented } from "@/components/segmented";
import { useTheme } from "./theme";

const OPTIONS = [
  { value: "system", label: "As the system", icon: <Monitor size="1rem" aria-hidden /> },
  { value: "light", label: "Light", icon: <Sun size="1rem" aria-hidden /> },
  { value: "dark", label: "Dark", icon: <Moon size="1rem" aria-hidden /> },
] as const;

export function ThemeSwitch() {
  const [theme, choose] = useTheme();
  return <Segmented label="Theme" options={OPTIONS} value={theme} onChange={choose} />;
}
