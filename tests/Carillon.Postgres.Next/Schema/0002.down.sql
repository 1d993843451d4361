alter table carillon.schedule drop column remarks;
alter table carillon.job_done drop column remarks;
alter table carillon.job drop column remarks;
drop table carillon.remark;
