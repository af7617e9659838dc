import type { GlobalThemeOverrides } from 'naive-ui'

interface Palette {
  accent: string
  accentHover: string
  accentPress: string
  button: string
  buttonHover: string
  buttonPress: string
  ok: string
  warn: string
  bad: string
  ink: string
  ink2: string
  ink3: string
  line: string
  lineStrong: string
  card: string
  raised: string
  sunken: string
  hover: string
}

// Naive UI computes with its colours, so it needs values and not CSS variables.
// They are those of tokens.css.
const light: Palette = {
  accent: '#2f4fc9',
  accentHover: '#4261dc',
  accentPress: '#2440ab',
  button: '#2f4fc9',
  buttonHover: '#3c5cd8',
  buttonPress: '#2440ab',
  ok: '#1d7a4c',
  warn: '#935d00',
  bad: '#b3261e',
  ink: '#1c1b19',
  ink2: '#57544c',
  ink3: '#736f66',
  line: '#e6e2d9',
  lineStrong: '#d2ccbf',
  card: '#ffffff',
  raised: '#ffffff',
  sunken: '#f4f2ed',
  hover: 'rgba(60, 50, 20, 0.05)',
}

const dark: Palette = {
  accent: '#91a6ff',
  accentHover: '#a6b7ff',
  accentPress: '#7a91f2',
  button: '#4763dc',
  buttonHover: '#5672ea',
  buttonPress: '#3c55c4',
  ok: '#63c794',
  warn: '#e2ae57',
  bad: '#f38b81',
  ink: '#ededf0',
  ink2: '#b0b0ba',
  ink3: '#8b8b96',
  line: '#29292f',
  lineStrong: '#3c3c45',
  card: '#1a1a1e',
  raised: '#212126',
  sunken: '#121214',
  hover: 'rgba(255, 255, 255, 0.06)',
}

/** The component library in our clothes. */
export function naiveTheme(isDark: boolean): GlobalThemeOverrides {
  const p = isDark ? dark : light
  return {
    common: common(p),
    Button: button(p),
    Input: field(p),
    Select: { peers: { InternalSelection: selection(p) } },
    Switch: { railColorActive: p.button, railColor: p.lineStrong },
    Drawer: {
      color: p.card,
      bodyPadding: '20px 24px',
      headerPadding: '16px 24px',
      footerPadding: '12px 24px',
      titleFontSize: '16px',
      titleFontWeight: '600',
      headerBorderBottom: `1px solid ${p.line}`,
      footerBorderTop: `1px solid ${p.line}`,
    },
    Dialog: { borderRadius: '12px', titleFontSize: '16px', padding: '22px 24px', iconSize: '20px' },
    Dropdown: { borderRadius: '10px', optionHeightMedium: '32px', padding: '4px 0' },
    Message: { borderRadius: '10px', padding: '9px 16px' },
    Tooltip: { borderRadius: '6px', padding: '5px 9px' },
    Modal: { color: p.card },
  }
}

function common(p: Palette): GlobalThemeOverrides['common'] {
  return {
    fontFamily: 'var(--font-sans)',
    fontFamilyMono: 'var(--font-mono)',
    fontSize: '13.5px',
    fontSizeSmall: '13px',
    fontSizeMedium: '13.5px',
    fontSizeLarge: '14.5px',
    fontWeightStrong: '600',
    borderRadius: '8px',
    borderRadiusSmall: '6px',
    heightTiny: '22px',
    heightSmall: '28px',
    heightMedium: '33px',
    heightLarge: '40px',
    primaryColor: p.accent,
    primaryColorHover: p.accentHover,
    primaryColorPressed: p.accentPress,
    primaryColorSuppl: p.accentHover,
    successColor: p.ok,
    successColorHover: p.ok,
    warningColor: p.warn,
    warningColorHover: p.warn,
    errorColor: p.bad,
    errorColorHover: p.bad,
    errorColorPressed: p.bad,
    textColorBase: p.ink,
    textColor1: p.ink,
    textColor2: p.ink,
    textColor3: p.ink3,
    placeholderColor: p.ink3,
    iconColor: p.ink3,
    borderColor: p.lineStrong,
    dividerColor: p.line,
    bodyColor: p.card,
    cardColor: p.card,
    modalColor: p.card,
    popoverColor: p.raised,
    hoverColor: p.hover,
    closeIconColor: p.ink3,
    closeIconColorHover: p.ink,
  }
}

function button(p: Palette): GlobalThemeOverrides['Button'] {
  return {
    fontWeight: '500',
    paddingMedium: '0 13px',
    paddingSmall: '0 10px',
    rippleDuration: '0s',
    color: p.card,
    border: `1px solid ${p.line}`,
    borderHover: `1px solid ${p.lineStrong}`,
    borderFocus: `1px solid ${p.lineStrong}`,
    borderPressed: `1px solid ${p.lineStrong}`,
    textColorHover: p.ink,
    textColorFocus: p.ink,
    textColorPressed: p.ink,
    colorPrimary: p.button,
    colorHoverPrimary: p.buttonHover,
    colorFocusPrimary: p.buttonHover,
    colorPressedPrimary: p.buttonPress,
    colorDisabledPrimary: p.button,
    borderPrimary: `1px solid ${p.button}`,
    borderHoverPrimary: `1px solid ${p.buttonHover}`,
    borderFocusPrimary: `1px solid ${p.buttonHover}`,
    borderPressedPrimary: `1px solid ${p.buttonPress}`,
    textColorPrimary: '#ffffff',
    textColorHoverPrimary: '#ffffff',
    textColorFocusPrimary: '#ffffff',
    textColorPressedPrimary: '#ffffff',
    textColorDisabledPrimary: '#ffffff',
  }
}

function field(p: Palette): GlobalThemeOverrides['Input'] {
  return {
    color: p.card,
    colorFocus: p.card,
    colorDisabled: p.sunken,
    border: `1px solid ${p.line}`,
    borderHover: `1px solid ${p.lineStrong}`,
    textColorDisabled: p.ink2,
  }
}

function selection(p: Palette) {
  return {
    color: p.card,
    colorActive: p.card,
    border: `1px solid ${p.line}`,
    borderHover: `1px solid ${p.lineStrong}`,
  }
}
