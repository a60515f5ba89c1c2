from django.apps import AppConfig


class CompanyRegisterSandboxConfig(AppConfig):
    name = "heliu.kernel.joining.sandbox"
    label = "company_register_sandbox"
