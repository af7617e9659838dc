import {
  buttonDark,
  commonDark,
  createTheme,
  datePickerDark,
  dialogDark,
  drawerDark,
  dropdownDark,
  inputDark,
  inputNumberDark,
  messageDark,
  modalDark,
  selectDark,
  switchDark,
  tooltipDark,
} from 'naive-ui'

/** The dark theme of the components that we use; the library's own brings all of them. */
export const naiveDark = {
  ...createTheme([
    buttonDark,
    datePickerDark,
    dialogDark,
    drawerDark,
    dropdownDark,
    inputDark,
    inputNumberDark,
    messageDark,
    modalDark,
    selectDark,
    switchDark,
    tooltipDark,
  ]),
  name: 'dark' as const,
  common: commonDark,
}
