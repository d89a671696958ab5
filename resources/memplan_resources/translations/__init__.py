"""What translators wrote: `*.ts` to be edited, `*.qm` made of them."""
